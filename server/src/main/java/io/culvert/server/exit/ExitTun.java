package io.culvert.server.exit;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.loop.EventLoop;
import io.culvert.tun.Tun;
import io.culvert.tun.stack.StackTun;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The inside of a gateway without a device: the stack, and before it the way from one peer to
 * another, which never reaches the stack. Confined to the loop.
 */
public final class ExitTun implements Tun {
    private final StackTun stack;
    private final Hairpin hairpin;

    /** They take turns, so that neither waits for the other to have nothing. */
    private boolean isStacksTurn;

    /** Null until somebody watches. */
    private @Nullable Watch watch;

    /** This stack, with that way before it. */
    public ExitTun(StackTun stack, Hairpin hairpin) {
        this.stack = stack;
        this.hairpin = hairpin;
    }

    @Override
    public String name() {
        return stack.name();
    }

    @Override
    public boolean hasOffloads() {
        return stack.hasOffloads();
    }

    @Override
    public boolean hasUdpOffloads() {
        return stack.hasUdpOffloads();
    }

    @Override
    public EventLoop.Registration watch(EventLoop loop, EventLoop.ReadyListener listener) {
        Watch made = new Watch(stack.watch(loop, listener), loop, listener);
        watch = made;
        return made;
    }

    @Override
    public @Nullable Packet read(PacketPool pool) throws IOException {
        isStacksTurn = !isStacksTurn;
        Packet first = isStacksTurn ? stack.read(pool) : hairpin.poll();
        if (first != null) {
            return first;
        }
        return isStacksTurn ? hairpin.poll() : stack.read(pool);
    }

    @Override
    public boolean write(byte[] array, int offset, int length) throws IOException {
        return switch (hairpin.offer(array, offset, length)) {
            case NOT_FOR_A_PEER -> stack.write(array, offset, length);
            case DROPPED -> false;
            case TURNED -> {
                if (watch != null) {
                    watch.wake();
                }
                yield true;
            }
        };
    }

    /** Has what waits read at once: for the last words before an end. */
    public void flush() {
        stack.flush();
    }

    @Override
    public void close() {
        hairpin.close();
        stack.close();
    }

    /** The one who reads. Confined to the loop. */
    private final class Watch implements EventLoop.Registration {
        private final EventLoop.Registration ofStack;
        private final EventLoop.ReadyListener listener;
        private final EventLoop.Timer turn;
        private boolean isWanted = true;
        private boolean isOver;

        Watch(EventLoop.Registration ofStack, EventLoop loop, EventLoop.ReadyListener listener) {
            this.ofStack = ofStack;
            this.listener = listener;
            this.turn = loop.timer(this::turn);
        }

        private void turn() {
            if (!isOver && isWanted && !hairpin.isEmpty()) {
                listener.onReady(true, false);
                wake();
            }
        }

        void wake() {
            if (!isOver && isWanted && !hairpin.isEmpty()) {
                turn.arm(0);
            }
        }

        @Override
        public void interest(boolean readable, boolean writable) {
            isWanted = readable;
            ofStack.interest(readable, writable);
            wake();
        }

        @Override
        public void cancel() {
            isOver = true;
            turn.cancel();
            ofStack.cancel();
        }
    }
}
