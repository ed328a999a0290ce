package io.culvert.tun.stack;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.NetStack;
import io.culvert.netstack.StackSetup;
import io.culvert.time.MonotonicClock;
import io.culvert.tun.Tun;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A TCP/IP stack as the inside of a tunnel: what the stack sends is read here, what is written here
 * the stack receives. No device, no privilege. Confined to the loop, like the stack.
 *
 * <p>The stack tells that it has output from within any call, so the one who reads is told later,
 * on a turn of the loop of its own, and then as a descriptor would tell: again, until a read gives
 * nothing.
 */
public final class StackTun implements Tun {
    /** How late time passes for a stack whose output nobody wants now. */
    private static final long UNREAD_TICK_NS = 20_000_000;

    /** Turns of the last call: what a full turn reads is some hundred kilobytes. */
    private static final int MOST_LAST_TURNS = 64;

    private final String name;
    private final boolean hasSuperPackets;
    private final MonotonicClock clock;
    private final NetStack stack;

    /** Whether a read may give a packet. */
    private boolean hasOutput;

    private boolean isClosed;

    /** Null until somebody watches. */
    private @Nullable Watch watch;

    /**
     * A stack that nobody watches yet.
     *
     * @param name what {@code show} calls the tunnel
     * @param arrivals who is asked about what others begin, where the setup is a transit
     * @param clock the stack's time
     */
    public StackTun(String name, StackSetup setup, Arrivals arrivals, MonotonicClock clock) {
        this.name = name;
        this.hasSuperPackets = setup.link().hasSuperPackets();
        this.clock = clock;
        this.stack = new NetStack(setup, arrivals, this::onOutput);
    }

    /** The stack, for those who open flows; its receive, poll and tick are called here only. */
    public NetStack stack() {
        return stack;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean hasOffloads() {
        return hasSuperPackets;
    }

    /** The stack makes none, but takes them. */
    @Override
    public boolean hasUdpOffloads() {
        return hasSuperPackets;
    }

    @Override
    public EventLoop.Registration watch(EventLoop loop, EventLoop.ReadyListener listener) {
        if (watch != null) {
            throw new IllegalStateException(name + " is watched already");
        }
        Watch made = new Watch(loop, listener);
        watch = made;
        made.turn.arm(0);
        return made;
    }

    private void onOutput() {
        hasOutput = true;
        if (watch != null) {
            watch.wake();
        }
    }

    @Override
    public @Nullable Packet read(PacketPool pool) throws IOException {
        requireOpen();
        Packet packet = stack.poll(pool, clock.nowNs());
        hasOutput = packet != null;
        if (!hasOutput && watch != null) {
            watch.seeToTime();
        }
        return packet;
    }

    @Override
    public boolean write(byte[] array, int offset, int length) throws IOException {
        requireOpen();
        stack.receive(array, offset, length, clock.nowNs());
        if (watch != null) {
            watch.seeToTime();
        }
        return true;
    }

    /** Has what waits read at once: for the last words before an end. */
    public void flush() {
        Watch told = watch;
        for (int i = 0; i < MOST_LAST_TURNS && told != null && hasOutput && !isClosed; i++) {
            told.turn();
        }
    }

    private void requireOpen() throws IOException {
        if (isClosed) {
            throw new IOException(name + " is closed");
        }
    }

    @Override
    public void close() {
        isClosed = true;
        if (watch != null) {
            watch.cancel();
        }
    }

    /** The one who reads, and the time that passes. Confined to the loop. */
    private final class Watch implements EventLoop.Registration {
        private final EventLoop.ReadyListener listener;
        private final EventLoop.Timer turn;
        private final EventLoop.Timer deadline;
        private boolean isWanted = true;
        private boolean isOver;

        /** For when the deadline's timer is armed at the latest; meaningless where it is not. */
        private long armedForNs;

        private boolean isArmed;

        Watch(EventLoop loop, EventLoop.ReadyListener listener) {
            this.listener = listener;
            this.turn = loop.timer(this::turn);
            this.deadline = loop.timer(this::onDeadline);
        }

        private void onDeadline() {
            isArmed = false;
            turn();
        }

        private void turn() {
            if (isOver) {
                return;
            }
            stack.tick(clock.nowNs());
            if (hasOutput && isWanted) {
                listener.onReady(true, false);
            }
            if (!isOver) {
                wake();
                seeToTime();
            }
        }

        void wake() {
            if (hasOutput && isWanted && !isOver) {
                turn.arm(0);
            }
        }

        /** The timer is let be where it fires early enough: it finds out for itself. */
        void seeToTime() {
            if (isOver) {
                return;
            }
            long nextNs = stack.nextDeadlineNs();
            boolean isUnread = hasOutput && !isWanted;
            if (nextNs == Long.MAX_VALUE && !isUnread) {
                return;
            }
            long nowNs = clock.nowNs();
            long untilNs = nextNs == Long.MAX_VALUE ? UNREAD_TICK_NS : nextNs - nowNs;
            long delayNs = Math.max(0, isUnread ? Math.min(untilNs, UNREAD_TICK_NS) : untilNs);
            if (!isArmed || armedForNs - (nowNs + delayNs) > 0) {
                isArmed = true;
                armedForNs = nowNs + delayNs;
                deadline.arm(delayNs);
            }
        }

        @Override
        public void interest(boolean readable, boolean writable) {
            isWanted = readable;
            wake();
            seeToTime();
        }

        @Override
        public void cancel() {
            isOver = true;
            turn.cancel();
            deadline.cancel();
        }
    }
}
