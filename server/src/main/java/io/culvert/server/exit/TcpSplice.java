package io.culvert.server.exit;

import io.culvert.libc.Errno;
import io.culvert.libc.NativeBuffer;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.End;
import io.culvert.netstack.TcpFlow;
import io.culvert.netstack.TcpRequest;
import io.culvert.server.exit.socket.HostSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A peer's TCP connection and the socket that it goes on by. The socket connects first; only when
 * the target has accepted does the peer hear so. Then each is read only as the other takes more.
 * The end of one direction is passed on when all before it has been; a reset at once. Confined to
 * the loop.
 */
final class TcpSplice implements TcpFlow.Listener, EventLoop.ReadyListener {
    /** What one readiness may move, so that other flows get their turn. */
    private static final int MOST_A_TURN_BYTES = 256 << 10;

    private static final long SECOND_NS = 1_000_000_000;
    private static final long KEEPALIVE_IDLE_NS = 900 * SECOND_NS;
    private static final long KEEPALIVE_INTERVAL_NS = 60 * SECOND_NS;
    private static final int KEEPALIVE_PROBES = 5;
    private static final byte[] NOTHING = {};

    private final Exit exit;
    private final TcpRequest request;
    private final FlowPlace place;
    private final NativeBuffer buffer;

    /** Null until start. */
    private @Nullable HostSocket socket;

    /** Null until the target has accepted. */
    private @Nullable TcpFlow flow;

    /** What was read and found no room after all: the stack's memory may run short meanwhile. */
    private byte[] carried = NOTHING;

    private boolean isEstablished;
    private boolean isRoomAwaited;

    /** Whether the peer has received what it may for now. */
    private boolean isDelayed;

    private boolean isSocketFull;
    private boolean hasTargetEnded;
    private boolean isTargetEndPassedOn;
    private boolean isPeerEndPassedOn;
    private boolean isOver;

    TcpSplice(Exit exit, TcpRequest request, FlowPlace place) {
        this.exit = exit;
        this.request = request;
        this.place = place;
        this.buffer = exit.buffer();
    }

    /** The socket is under way. */
    void start(HostSocket connecting) {
        socket = connecting;
        connecting.interest(false, true);
    }

    boolean isStillTheirs() {
        return place.isStillTheirs();
    }

    /** The peer has given up, or is gone, or the gateway ends. */
    void abort() {
        if (isOver) {
            return;
        }
        if (flow != null) {
            flow.abort();
        } else {
            request.drop();
        }
        end(true);
    }

    @Override
    public void onReady(boolean readable, boolean writable) {
        HostSocket known = socket;
        TcpFlow joined = flow;
        if (isOver || known == null) {
            return;
        }
        if (joined == null) {
            onAnswer(known);
            return;
        }
        if (readable) {
            fromTarget(joined, known);
        }
        if (writable && !isOver) {
            isSocketFull = false;
            toTarget(joined, known);
        }
        watch();
    }

    private void onAnswer(HostSocket connecting) {
        int errno = connecting.takeError();
        if (errno != 0) {
            exit.refuse(request, errno);
            end(false);
            return;
        }
        exit.onAnswered(request);
        connecting.interest(false, false);
        TcpFlow accepted = request.accept(this);
        accepted.setKeepalive(KEEPALIVE_IDLE_NS, KEEPALIVE_INTERVAL_NS, KEEPALIVE_PROBES);
        flow = accepted;
    }

    @Override
    public void onConnected(TcpFlow connected) {
        isEstablished = true;
        move();
    }

    @Override
    public void onReadable(TcpFlow from) {
        move();
    }

    @Override
    public void onRemoteEnd(TcpFlow from) {
        move();
    }

    @Override
    public void onWritable(TcpFlow to) {
        isRoomAwaited = false;
        HostSocket known = socket;
        if (!isOver && known != null) {
            fromTarget(to, known);
            watch();
        }
    }

    @Override
    public void onClosed(TcpFlow closed, End how) {
        if (isOver) {
            return;
        }
        if (how == End.FINISHED) {
            move(); // the rest is still to be read
        } else {
            end(true);
        }
    }

    private void move() {
        HostSocket known = socket;
        TcpFlow moved = flow;
        if (!isOver && known != null && moved != null) {
            toTarget(moved, known);
            watch();
        }
    }

    /** The peer may move more again, perhaps. */
    void resume() {
        HostSocket known = socket;
        TcpFlow moved = flow;
        isDelayed = false;
        if (!isOver && known != null && moved != null) {
            fromTarget(moved, known);
            move();
        }
    }

    private void watch() {
        if (!isOver && socket != null) {
            boolean isReadWanted =
                    isEstablished
                            && !isRoomAwaited
                            && !isDelayed
                            && !hasTargetEnded
                            && carried.length == 0;
            socket.interest(isReadWanted, isSocketFull);
        }
    }

    /** From the socket to the peer: no more than the flow has room for. */
    private void fromTarget(TcpFlow to, HostSocket from) {
        int left = place.mayReceive(MOST_A_TURN_BYTES);
        isDelayed = left == 0;
        if (isDelayed) {
            exit.delays().add(this);
            return;
        }
        while (left > 0 && hasRoom(to) && !hasTargetEnded) {
            int asked = Math.min(Math.min(to.writable(), buffer.size()), left);
            int came = from.read(buffer, asked);
            if (came == -Errno.EAGAIN) {
                return;
            }
            if (came < 0) {
                to.abort();
                end(false);
                return;
            }
            hasTargetEnded = came == 0;
            left -= came;
            place.received(came);
            put(to, came);
            if (came < asked && !hasTargetEnded) {
                return; // there was no more
            }
        }
        if (hasTargetEnded && !isTargetEndPassedOn && carried.length == 0) {
            isTargetEndPassedOn = true;
            to.shutdownOutput();
            endIfBothPassedOn(to);
        }
    }

    /** Whether the flow takes anything now, after what was carried; else it will tell. */
    private boolean hasRoom(TcpFlow to) {
        if (carried.length > 0) {
            int taken = to.write(carried, 0, carried.length);
            carried =
                    taken == carried.length
                            ? NOTHING
                            : Arrays.copyOfRange(carried, taken, carried.length);
        }
        isRoomAwaited = carried.length > 0 || !to.space().hasRemaining();
        return !isRoomAwaited;
    }

    private void put(TcpFlow to, int length) {
        int done = 0;
        while (done < length) {
            ByteBuffer space = to.space();
            int part = Math.min(space.remaining(), length - done);
            if (part == 0) {
                carried = new byte[length - done];
                buffer.bytes().get(done, carried);
                return;
            }
            buffer.bytes().get(done, space.array(), space.arrayOffset() + space.position(), part);
            to.wrote(part);
            done += part;
        }
    }

    /** From the peer to the socket: what it takes, and the end behind that. */
    private void toTarget(TcpFlow from, HostSocket to) {
        while (!isSocketFull && from.available() > 0) {
            int length = gather(from, place.maySend(Math.min(from.available(), buffer.size())));
            if (length == 0) {
                exit.delays().add(this);
                return;
            }
            int taken = to.write(buffer, length);
            if (taken < 0 && taken != -Errno.EAGAIN) {
                from.abort();
                end(false);
                return;
            }
            isSocketFull = taken < length;
            if (taken > 0) {
                from.consume(taken);
                place.sent(taken);
            }
        }
        if (!isSocketFull && from.isRemoteEnded() && !isPeerEndPassedOn) {
            isPeerEndPassedOn = true;
            to.shutdownOutput();
            endIfBothPassedOn(from);
        }
    }

    private int gather(TcpFlow from, int most) {
        int length = 0;
        while (length < most) {
            ByteBuffer part = from.view(length);
            int bytes = Math.min(part.remaining(), most - length);
            buffer.bytes().put(length, part, part.position(), bytes);
            length += bytes;
        }
        return length;
    }

    private void endIfBothPassedOn(TcpFlow both) {
        if (isTargetEndPassedOn && isPeerEndPassedOn) {
            both.close();
            end(false);
        }
    }

    private void end(boolean isReset) {
        if (isOver) {
            return;
        }
        isOver = true;
        carried = NOTHING;
        place.close();
        exit.forget(this, request);
        exit.delays().remove(this);
        if (socket != null && isReset) {
            socket.reset();
        } else if (socket != null) {
            socket.close();
        }
    }
}
