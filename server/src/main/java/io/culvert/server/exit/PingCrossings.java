package io.culvert.server.exit;

import io.culvert.ip.IpAddress;
import io.culvert.libc.Errno;
import io.culvert.libc.NativeBuffer;
import io.culvert.libc.SocketCalls.Kind;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.EchoRequest;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.Unreached;
import io.culvert.server.exit.policy.Protocol;
import io.culvert.server.exit.socket.HostSocket;
import io.culvert.server.exit.socket.HostSockets.Opened;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Echo requests of peers, by ping sockets: one a pair of addresses, for a while. Where this user
 * may have none, nobody answers. Confined to the loop.
 */
final class PingCrossings {
    private static final int QUIET_TICKS = 3;
    private static final int MOST_WAITING = 64;
    private static final int MOST_A_TURN = 64;
    private static final int HEADER = 8;
    private static final int SEQUENCE = 6;
    private static final byte REQUEST = 8;
    private static final byte REQUEST_6 = (byte) 128;
    private static final int REPLY = 0;
    private static final int REPLY_6 = 129;

    private final Exit exit;
    private final Map<Pair, Crossing> crossings = new HashMap<>();

    PingCrossings(Exit exit) {
        this.exit = exit;
    }

    private record Pair(IpAddress source, IpAddress destination) {}

    void cross(EchoRequest request) {
        Pair pair = new Pair(request.source(), request.destination());
        Crossing crossing = crossings.get(pair);
        if (crossing == null) {
            crossing = open(pair, request);
        }
        if (crossing != null) {
            crossing.send(request);
        }
    }

    private @Nullable Crossing open(Pair pair, EchoRequest request) {
        Endpoint target = new Endpoint(pair.destination(), 0);
        FlowPlace place =
                exit.admission().admit(Protocol.ICMP, new Endpoint(pair.source(), 0), target);
        if (place == null) {
            request.refuse(Unreached.PROHIBITED);
            return null;
        }
        Crossing crossing = new Crossing(pair, place);
        Opened opened = exit.ground().sockets().open(Kind.PING, target, crossing);
        if (opened instanceof Opened.Made(var socket)) {
            crossing.start(socket);
            crossings.put(pair, crossing);
            return crossing;
        }
        place.close();
        if (opened instanceof Opened.Refused(int errno)) {
            Refusal.count(errno, exit.ground().drops());
            tell(request, errno);
        }
        return null;
    }

    /** Who may have no ping sockets answers nothing: that is not the target's doing. */
    private static void tell(EchoRequest request, int errno) {
        if (errno != Errno.EACCES && errno != Errno.EPERM) {
            request.refuse(Refusal.of(errno));
        }
    }

    void tick() {
        List.copyOf(crossings.values()).forEach(Crossing::tick);
    }

    void close() {
        List.copyOf(crossings.values()).forEach(Crossing::close);
    }

    /** The socket for one pair, and the requests that wait for a reply. Confined to the loop. */
    private final class Crossing implements EventLoop.ReadyListener {
        private final Pair pair;
        private final FlowPlace place;
        private final boolean isIpv6;
        private final NativeBuffer buffer = exit.buffer();
        private final LinkedHashMap<Integer, EchoRequest> waiting = new LinkedHashMap<>();

        /** Null until start. */
        private @Nullable HostSocket socket;

        private int sequence;
        private int quietTicks;

        Crossing(Pair pair, FlowPlace place) {
            this.pair = pair;
            this.place = place;
            this.isIpv6 = pair.destination().isIpv6();
        }

        void start(HostSocket connected) {
            socket = connected;
            connected.interest(true, false);
        }

        /** The identifier is the kernel's to choose, so the sequence is ours. */
        void send(EchoRequest request) {
            HostSocket to = socket;
            int length = HEADER + request.payloadLength();
            if (to == null || length > exit.scratch().length) {
                return;
            }
            if (waiting.size() >= MOST_WAITING) {
                waiting.pollFirstEntry(); // it will not be answered any more
            }
            quietTicks = 0;
            sequence = sequence + 1 & 0xffff;
            byte[] scratch = exit.scratch();
            scratch[0] = isIpv6 ? REQUEST_6 : REQUEST;
            scratch[1] = 0;
            scratch[SEQUENCE] = (byte) (sequence >>> 8);
            scratch[SEQUENCE + 1] = (byte) sequence;
            for (int i = 2; i < SEQUENCE; i++) {
                scratch[i] = 0; // checksum and identifier are the kernel's
            }
            request.copyPayload(scratch, HEADER);
            buffer.bytes().put(0, scratch, 0, length);
            int sent = to.write(buffer, length);
            if (sent >= 0) {
                place.sent(sent);
                waiting.put(sequence, request);
            } else if (sent != -Errno.EAGAIN) {
                request.refuse(Refusal.of(-sent));
                var _ = to.takeError();
            }
        }

        @Override
        public void onReady(boolean readable, boolean writable) {
            HostSocket from = socket;
            for (int i = 0; i < MOST_A_TURN && from != null; i++) {
                int length = from.read(buffer, buffer.size());
                if (length == -Errno.EAGAIN) {
                    return;
                }
                if (length < 0) {
                    onError(-length, from);
                    return;
                }
                onReply(length);
            }
        }

        private void onReply(int length) {
            int type = length < HEADER ? -1 : buffer.bytes().get(0) & 0xff;
            if (type != (isIpv6 ? REPLY_6 : REPLY)) {
                return;
            }
            int high = buffer.bytes().get(SEQUENCE) & 0xff;
            int low = buffer.bytes().get(SEQUENCE + 1) & 0xff;
            EchoRequest answered = waiting.remove(high << 8 | low);
            if (answered != null) {
                place.received(length);
                answered.reply();
            }
        }

        /** ICMP does not tell which request it was about: all that wait would fare the same. */
        private void onError(int errno, HostSocket from) {
            var _ = from.takeError();
            waiting.values().forEach(request -> request.refuse(Refusal.of(errno)));
            waiting.clear();
        }

        void tick() {
            quietTicks++;
            if (quietTicks > QUIET_TICKS) {
                close();
            }
        }

        void close() {
            crossings.remove(pair);
            waiting.clear();
            place.close();
            if (socket != null) {
                socket.close();
            }
        }
    }
}
