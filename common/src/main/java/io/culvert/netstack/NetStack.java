package io.culvert.netstack;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.ip.VirtioHeader;
import io.culvert.netstack.tcp.ChunkPool;
import io.culvert.stats.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TCP/IP stack that does no I/O: IP packets come in by {@link #receive} and go out by {@link
 * #poll}; flows are opened and accepted here, and time passes by {@link #tick}. In the place of a
 * TUN device it makes a tunnel usable without root.
 *
 * <p>Confined to one loop. What the application calls needs no time and sends nothing: it only
 * moves bytes. What flows tell, their listeners hear from within {@code receive}, {@code poll} and
 * {@code tick}; they may call anything but these three.
 */
public final class NetStack {
    private static final int MOST_DEPTH = 2; // a whole packet is read once more

    private final Context context;
    private final Tcp tcp;
    private final Udp udp;
    private final Icmp icmp;
    private final Fragments fragments;
    private final Inbound inbound = new Inbound();

    /**
     * A stack without flows.
     *
     * @param arrivals who is asked about what others begin, where the setup is a transit
     * @param onOutput called when {@link #poll} or {@link #tick} has something to do after there
     *     was nothing; from within any call, so it must not call back
     */
    public NetStack(StackSetup setup, Arrivals arrivals, Runnable onOutput) {
        this.context = new Context(setup, onOutput);
        this.tcp = new Tcp(context, arrivals);
        this.udp = new Udp(context, arrivals, new DatagramOutput(context));
        this.icmp = new Icmp(tcp, udp, arrivals);
        this.fragments = new Fragments(context);
    }

    /**
     * Takes an IP packet with the virtio-net header in the ten bytes before it; that must be zero
     * but for super-packets and checksums that need no verification. Borrowed until return.
     */
    public void receive(byte[] array, int offset, int length, long nowNs) {
        context.enter(nowNs);
        if (inbound.read(array, offset, length)) {
            dispatch(MOST_DEPTH);
        } else {
            context.drop(DropReason.BAD_SEGMENT);
        }
        context.events.deliver();
    }

    private void dispatch(int depth) {
        boolean isOurs =
                context.setup.link().isTransit()
                        || context.isOwn(inbound.destinationHigh(), inbound.destinationLow());
        boolean isSpoofed = context.isOwn(inbound.sourceHigh(), inbound.sourceLow());
        if (!isOurs || isSpoofed || !inbound.isBetweenHosts()) {
            context.drop(DropReason.NOT_LOCAL);
        } else if (inbound.isFragment()) {
            int length = depth == 1 ? 0 : fragments.add(inbound);
            if (length > 0 && inbound.readHeaders(fragments.whole(), VirtioHeader.LENGTH, length)) {
                inbound.distrust();
                dispatch(1);
            }
        } else {
            switch (inbound.protocol()) {
                case IpPacket.TCP -> tcp.receive(inbound);
                case IpPacket.UDP -> udp.receive(inbound);
                case IcmpLayout.ICMP, IcmpLayout.ICMPV6 -> icmp.receive(inbound);
                default -> context.drop(DropReason.UNWANTED_SEGMENT);
            }
        }
    }

    /**
     * The next packet to go out, with its virtio-net header before it, leased from {@code pool} or
     * a pool of the stack's own, and the caller's to release; null when there is none now.
     */
    public @Nullable Packet poll(PacketPool pool, long nowNs) {
        context.enter(nowNs);
        context.events.deliver();
        return context.outlet.poll(pool);
    }

    /** When {@link #tick} has something to do; {@link Long#MAX_VALUE} when it never has. */
    public long nextDeadlineNs() {
        if (context.isUrged()) {
            return context.nowNs;
        }
        return context.timers.isEmpty()
                ? Long.MAX_VALUE
                : context.nowNs + context.timers.untilNextNs(context.nowNs);
    }

    /** Does what is due. */
    public void tick(long nowNs) {
        context.enter(nowNs);
        context.timers.fireDue(nowNs);
        context.events.deliver();
    }

    /** Opens a TCP connection; its listener hears whether that succeeds. */
    public TcpFlow connect(Endpoint remote, TcpFlow.Listener listener) {
        return tcp.connect(remote, listener);
    }

    /** Asks {@code arrivals} about connections to there; an address of zeros is any own one. */
    public void listen(Endpoint local, TcpArrivals arrivals) {
        tcp.listen(local, arrivals);
    }

    /** Asks no more. */
    public void unlisten(Endpoint local) {
        tcp.unlisten(local);
    }

    /** Opens a UDP flow to there; null: with anybody, from one port of this stack. */
    public UdpFlow openUdp(@Nullable Endpoint remote, UdpFlow.Listener listener) {
        return udp.openFlow(remote, listener);
    }

    /**
     * Opens a UDP flow with anybody, at this port.
     *
     * @param at one of the stack's addresses; null: all of them, of both families
     * @param port 0: one that nobody outside guesses
     * @return null where the port is taken, the address is not the stack's, or there is no room
     */
    public @Nullable UdpFlow bindUdp(@Nullable IpAddress at, int port, UdpFlow.Listener listener) {
        return udp.bind(at, port, listener);
    }

    /** Sends an ICMP echo request, which identifier and sequence (16 bits each) tell apart. */
    public void ping(
            IpAddress remote, int identifier, int sequence, byte[] payload, PingListener listener) {
        Pings.Id id = new Pings.Id(remote, identifier & 0xffff, sequence & 0xffff);
        icmp.ping(remote, id, payload, listener);
    }

    /** What there is now. */
    public StackStatus status() {
        List<FlowStatus> flows = new ArrayList<>();
        tcp.table()
                .forEach(occupant -> {
                    if (occupant instanceof TcpFlow flow) {
                        flows.add(FlowStatus.of(flow));
                    }
                });
        return new StackStatus(
                flows,
                tcp.pending(),
                tcp.timeWaits(),
                udp.flows(),
                (long) context.chunks.chunksInUse() * ChunkPool.CHUNK_BYTES,
                fragments.bytes());
    }

    /** What its parts share, for tests. */
    Context context() {
        return context;
    }
}
