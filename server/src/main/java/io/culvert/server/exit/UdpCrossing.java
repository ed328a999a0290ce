package io.culvert.server.exit;

import io.culvert.libc.Errno;
import io.culvert.libc.NativeBuffer;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.UdpFlow;
import io.culvert.netstack.Unreached;
import io.culvert.server.exit.socket.HostSocket;
import io.culvert.stats.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * A peer's UDP flow and the connected socket that it goes on by. Quiet flows end as they do in a
 * NAT (Linux's conntrack): soon while only one side has spoken, later when both have. Confined to
 * the loop.
 */
final class UdpCrossing implements UdpFlow.Listener, EventLoop.ReadyListener {
    /** How often the quiet ones are looked for. */
    static final long TICK_NS = 5_000_000_000L;

    private static final int SINGLE_TICKS = 6;
    private static final int ASSURED_TICKS = 36;
    private static final int DNS_TICKS = 2;
    private static final int DNS_PORT = 53;
    private static final int MOST_A_TURN = 64;
    private static final int MOST_DATAGRAM = 65_507;

    private final Exit exit;
    private final FlowPlace place;
    private final boolean isDns;
    private final NativeBuffer buffer;
    private final byte[] scratch;

    /** Both null until start. */
    private @Nullable UdpFlow flow;

    private @Nullable HostSocket socket;

    private int quietTicks;
    private boolean hasPeerSpoken;
    private boolean hasTargetSpoken;
    private boolean isAssured;
    private boolean isOver;

    UdpCrossing(Exit exit, FlowPlace place, int port) {
        this.exit = exit;
        this.place = place;
        this.isDns = port == DNS_PORT;
        this.buffer = exit.buffer();
        this.scratch = exit.scratch();
    }

    void start(UdpFlow accepted, HostSocket connected) {
        flow = accepted;
        socket = connected;
        connected.interest(true, false);
    }

    @Override
    public void onDatagram(UdpFlow from, Endpoint source, byte[] array, int offset, int length) {
        HostSocket to = socket;
        if (isOver || to == null || length > MOST_DATAGRAM) {
            return;
        }
        quietTicks = 0;
        isAssured |= hasPeerSpoken && hasTargetSpoken;
        hasPeerSpoken = true;
        if (place.maySend(length) < length) {
            exit.ground().drops().count(DropReason.EGRESS_LIMIT);
            return;
        }
        buffer.bytes().put(0, array, offset, length);
        int sent = to.write(buffer, length);
        if (sent >= 0) {
            place.sent(sent);
        } else if (sent != -Errno.EAGAIN) { // a full socket drops, as a full queue would
            onError(-sent, from, to);
        }
    }

    @Override
    public void onReady(boolean readable, boolean writable) {
        HostSocket from = socket;
        UdpFlow to = flow;
        for (int i = 0; i < MOST_A_TURN && !isOver && from != null && to != null; i++) {
            int length = from.read(buffer, buffer.size());
            if (length == -Errno.EAGAIN) {
                return;
            }
            if (length < 0) {
                onError(-length, to, from);
                return;
            }
            quietTicks = 0;
            hasTargetSpoken = true;
            if (place.mayReceive(length) < length) {
                exit.ground().drops().count(DropReason.EGRESS_LIMIT);
                continue;
            }
            buffer.bytes().get(0, scratch, 0, length);
            place.received(length);
            var _ = to.send(scratch, 0, length);
        }
    }

    /** What ICMP told the socket is told on. */
    private void onError(int errno, UdpFlow told, HostSocket by) {
        var _ = by.takeError();
        if (errno != Errno.EMSGSIZE) {
            told.refuse(Refusal.of(errno));
        }
    }

    /** What the exit sends does not arrive: the peer has closed its port. */
    @Override
    public void onUnreachable(UdpFlow by, Endpoint to, Unreached cause) {
        close();
    }

    @Override
    public void onClosed(UdpFlow closed, End end) {
        close();
    }

    /** A while has passed. */
    void tick() {
        quietTicks++;
        int most = isAssured ? ASSURED_TICKS : SINGLE_TICKS;
        boolean isOld = quietTicks > (isDns && hasTargetSpoken ? DNS_TICKS : most);
        if (isOld || !place.isStillTheirs()) {
            close();
        }
    }

    void close() {
        if (isOver) {
            return;
        }
        isOver = true;
        place.close();
        exit.forget(this);
        if (flow != null) {
            flow.close();
        }
        if (socket != null) {
            socket.close();
        }
    }
}
