package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.stats.DropReason;
import java.util.Arrays;

/**
 * ICMP and ICMPv6: answers echo requests for the stack's own addresses, offers others, and hands on
 * errors to the flow that they are about. Confined to the stack's thread.
 */
final class Icmp {
    private static final int LEAST_QUOTED = 8; // of the transport header: RFC 792
    private static final int LEAST_ROUTER_MTU = 68;

    private final Context context;
    private final Tcp tcp;
    private final Udp udp;
    private final EchoArrivals transit;
    private final DatagramOutput output;
    private final Pings pings;
    private final Inbound quote = new Inbound();

    Icmp(Tcp tcp, Udp udp, EchoArrivals transit) {
        this.context = tcp.context();
        this.tcp = tcp;
        this.udp = udp;
        this.transit = transit;
        this.output = udp.output();
        this.pings = new Pings(context);
    }

    Context context() {
        return context;
    }

    void receive(Inbound packet) {
        int protocol = packet.isIpv6() ? IcmpLayout.ICMPV6 : IcmpLayout.ICMP;
        boolean isValid =
                packet.protocol() == protocol
                        && packet.transportLength() >= IcmpLayout.LENGTH
                        && packet.isChecksumValid(protocol);
        if (!isValid) {
            context.drop(DropReason.BAD_SEGMENT);
            return;
        }
        int type = packet.array()[packet.transport()] & 0xff;
        int request = packet.isIpv6() ? IcmpLayout.ECHO_REQUEST_6 : IcmpLayout.ECHO_REQUEST;
        int reply = packet.isIpv6() ? IcmpLayout.ECHO_REPLY_6 : IcmpLayout.ECHO_REPLY;
        if (type == request) {
            answer(packet);
        } else if (type == reply) {
            pings.onReply(idOf(packet, packet.source()));
        } else {
            receiveError(packet, type);
        }
    }

    private void answer(Inbound packet) {
        if (context.outlet.isCrowded()) {
            context.drop(DropReason.RATE_LIMITED);
            return;
        }
        if (context.isOwn(packet.destinationHigh(), packet.destinationLow())) {
            reply(packet);
            return;
        }
        int at = packet.offset();
        byte[] copy = Arrays.copyOfRange(packet.array(), at, at + packet.length());
        EchoRequest request = new EchoRequest(this, copy);
        context.events.add(() -> transit.onEcho(request));
    }

    /** Answers a request with all of its bytes. */
    void reply(Inbound request) {
        FlowKey key = request.key();
        Packet packet = output.begin(key, request.transportLength());
        if (packet == null) {
            return;
        }
        int icmp = DatagramOutput.transport(packet, key);
        int length = request.transportLength();
        System.arraycopy(request.array(), request.transport(), packet.array(), icmp, length);
        int type = key.isIpv6() ? IcmpLayout.ECHO_REPLY_6 : IcmpLayout.ECHO_REPLY;
        BigEndian.putShort(packet.array(), icmp, type << 8);
        output.finish(packet, key, key.isIpv6() ? IcmpLayout.ICMPV6 : IcmpLayout.ICMP);
    }

    private static Pings.Id idOf(Inbound packet, IpAddress remote) {
        int at = packet.transport() + 4;
        return new Pings.Id(
                remote,
                BigEndian.getShort(packet.array(), at),
                BigEndian.getShort(packet.array(), at + 2));
    }

    /** Asks whether an address answers. */
    void ping(IpAddress remote, Pings.Id id, byte[] payload, PingListener listener) {
        IpAddress source = context.sourceFor(remote.isIpv6());
        Packet packet = null;
        FlowKey key = null;
        if (source != null) {
            key = new FlowKey(new Endpoint(source, 0), new Endpoint(remote, 0));
            packet = output.begin(key, IcmpLayout.LENGTH + payload.length);
        }
        if (key == null || packet == null || !pings.add(id, listener)) {
            if (packet != null) {
                packet.release();
            }
            Unreached cause = source == null ? Unreached.NETWORK : null;
            context.events.add(() -> listener.onFailure(id.identifier(), id.sequence(), cause));
            context.outlet.wake();
            return;
        }
        int icmp = DatagramOutput.transport(packet, key);
        int type = key.isIpv6() ? IcmpLayout.ECHO_REQUEST_6 : IcmpLayout.ECHO_REQUEST;
        BigEndian.putShort(packet.array(), icmp, type << 8);
        BigEndian.putShort(packet.array(), icmp + 4, id.identifier());
        BigEndian.putShort(packet.array(), icmp + 6, id.sequence());
        System.arraycopy(payload, 0, packet.array(), icmp + IcmpLayout.LENGTH, payload.length);
        output.finish(packet, key, key.isIpv6() ? IcmpLayout.ICMPV6 : IcmpLayout.ICMP);
    }

    private void receiveError(Inbound packet, int type) {
        int at = packet.transport() + IcmpLayout.LENGTH;
        int length = packet.transportLength() - IcmpLayout.LENGTH;
        boolean isQuoting =
                quote.readQuote(packet.array(), at, length)
                        && quote.transportLength() >= LEAST_QUOTED
                        && quote.destination().equals(packet.destination());
        if (!isQuoting) {
            context.drop(DropReason.BAD_SEGMENT);
            return;
        }
        int code = packet.array()[packet.transport() + 1] & 0xff;
        if (packet.isIpv6()) {
            if (type == IcmpLayout.TOO_BIG_6) {
                onTooBig(BigEndian.getInt(packet.array(), packet.transport() + 4));
            } else if (type == IcmpLayout.UNREACHABLE_6) {
                onUnreachable(Unreached.of(code, true));
            } else if (type == IcmpLayout.TIME_EXCEEDED_6) {
                onUnreachable(Unreached.HOST);
            }
            return;
        }
        if (type == IcmpLayout.UNREACHABLE && code == IcmpLayout.FRAGMENTATION_NEEDED) {
            onTooBig(BigEndian.getShort(packet.array(), packet.transport() + 6));
        } else if (type == IcmpLayout.UNREACHABLE) {
            onUnreachable(Unreached.of(code, false));
        } else if (type == IcmpLayout.TIME_EXCEEDED) {
            onUnreachable(Unreached.HOST);
        }
    }

    private void onTooBig(int mtuBytes) {
        if (mtuBytes < LEAST_ROUTER_MTU) {
            context.drop(DropReason.BAD_SEGMENT); // RFC 1191's routers without a number are gone
        } else if (quote.protocol() == IpPacket.TCP) {
            tcp.onTooBig(quote, BigEndian.getInt(quote.array(), quote.transport() + 4), mtuBytes);
        } else if (quote.protocol() == IpPacket.UDP) {
            udp.onTooBig(quote, mtuBytes);
        }
    }

    private void onUnreachable(Unreached cause) {
        int at = quote.transport();
        if (quote.protocol() == IpPacket.TCP) {
            tcp.onUnreachable(quote, BigEndian.getInt(quote.array(), at + 4), cause);
        } else if (quote.protocol() == IpPacket.UDP) {
            udp.onUnreachable(quote, cause);
        } else if (quote.protocol() == IcmpLayout.ICMP || quote.protocol() == IcmpLayout.ICMPV6) {
            pings.onUnreachable(idOf(quote, quote.source()), cause);
        }
    }
}
