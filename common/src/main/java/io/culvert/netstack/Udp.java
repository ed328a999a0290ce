package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.ip.UdpHeader;
import io.culvert.stats.DropReason;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** UDP: finds the flow of each datagram, and offers new ones. Confined to the stack's thread. */
final class Udp {
    private static final IpAddress ANY = IpAddress.parse("0.0.0.0");
    private static final IpAddress ANY_IPV6 = IpAddress.parse("::");

    private final Context context;
    private final UdpArrivals transit;
    private final DatagramOutput output;
    private final FlowTable<UdpOccupant> table;
    private final Map<Endpoint, UdpFlow> open = new HashMap<>(); // with anybody, by local end
    private final Ports ports;
    private int pending;
    private int heldBytes;
    private int flows;

    Udp(Context context, UdpArrivals transit, DatagramOutput output) {
        this.context = context;
        this.transit = transit;
        this.output = output;
        this.table = new FlowTable<>(context.hash);
        this.ports = new Ports(context.hash, context.setup.secrets().random().nextInt());
    }

    Context context() {
        return context;
    }

    DatagramOutput output() {
        return output;
    }

    int flows() {
        return flows;
    }

    /** Opens a flow to there; null: with anybody. */
    UdpFlow openFlow(@Nullable Endpoint remote, UdpFlow.Listener listener) {
        if (remote == null) {
            return openToAnybody(listener);
        }
        boolean isIpv6 = remote.address().isIpv6();
        IpAddress source = context.sourceFor(isIpv6);
        IpAddress any = isIpv6 ? ANY_IPV6 : ANY;
        FlowKey wanted = new FlowKey(new Endpoint(source == null ? any : source, 0), remote);
        FlowKey key = source == null || isFull() ? null : ports.choose(wanted, this::isFree);
        UdpFlow flow = new UdpFlow(this, key == null ? wanted : key, List.of(), listener);
        if (key == null) {
            return flow.fail(source == null ? End.NETWORK_UNREACHABLE : End.TOO_MANY);
        }
        enter(flow);
        return flow;
    }

    private UdpFlow openToAnybody(UdpFlow.Listener listener) {
        UdpFlow flow = bind(null, 0, listener);
        if (flow != null) {
            return flow;
        }
        boolean isNowhere = context.setup.addresses().isEmpty();
        FlowKey none = new FlowKey(new Endpoint(ANY, 0), new Endpoint(ANY, 0));
        return new UdpFlow(this, none, List.of(ANY), listener)
                .fail(isNowhere ? End.NETWORK_UNREACHABLE : End.TOO_MANY);
    }

    /** A flow with anybody at a port, 0 being one that nobody guesses; null: not to be had. */
    @Nullable UdpFlow bind(@Nullable IpAddress at, int port, UdpFlow.Listener listener) {
        List<IpAddress> addresses = at == null ? context.setup.addresses() : List.of(at);
        if (isFull() || addresses.isEmpty() || !addresses.stream().allMatch(context::isOwn)) {
            return null;
        }
        IpAddress first = addresses.getFirst();
        Endpoint anybody = new Endpoint(first.isIpv6() ? ANY_IPV6 : ANY, 0);
        FlowKey wanted = new FlowKey(new Endpoint(first, port), anybody);
        FlowKey key = wanted;
        if (port == 0) {
            key = ports.choose(wanted, one -> isFree(addresses, one.local().port()));
        } else if (!isFree(addresses, port)) {
            key = null;
        }
        if (key == null) {
            return null;
        }
        UdpFlow flow = new UdpFlow(this, key, addresses, listener);
        enter(flow);
        return flow;
    }

    private boolean isFull() {
        return flows >= context.setup.limits().flows();
    }

    private boolean isFree(FlowKey key) {
        return !open.containsKey(key.local()) && table.find(key) == null;
    }

    private boolean isFree(List<IpAddress> addresses, int port) {
        return addresses.stream().noneMatch(each -> open.containsKey(new Endpoint(each, port)));
    }

    private void enter(UdpFlow flow) {
        flows++;
        if (flow.isConnected()) {
            table.put(flow);
        } else {
            flow.locals().forEach(local -> open.put(local, flow));
        }
    }

    UdpFlow accept(UdpRequest request, UdpFlow.Listener listener, boolean isLate) {
        UdpFlow flow = new UdpFlow(this, request.key(), List.of(), listener);
        if (isLate || isFull() || !context.quota.take(request.remote().address())) {
            return flow.fail(isLate ? End.TIMED_OUT : End.TOO_MANY);
        }
        flow.setPassive();
        enter(flow);
        return flow;
    }

    /** Tells a flow's other end why its datagrams do not arrive. */
    void refuse(FlowKey key, Unreached cause) {
        int header = IpWriter.headerLength(key.isIpv6());
        byte[] array = new byte[header + UdpHeader.LENGTH];
        FlowKey theirs = new FlowKey(/* local= */ key.remote(), /* remote= */ key.local());
        IpWriter.put(array, 0, theirs, IpPacket.UDP, UdpHeader.LENGTH);
        BigEndian.putShort(array, header, key.remote().port());
        BigEndian.putShort(array, header + 2, key.local().port());
        UdpHeader.putLength(array, header, UdpHeader.LENGTH);
        Inbound about = new Inbound();
        if (!about.readHeaders(array, 0, array.length)) {
            throw new IllegalStateException("no valid packet between " + key);
        }
        context.errors.send(about, cause);
    }

    void onAnswered(UdpRequest request) {
        pending--;
        heldBytes -= request.heldBytes();
        table.remove(request);
        context.openings.giveBack(request.remote().address());
    }

    void forget(UdpFlow flow) {
        boolean wasThere = flow.isConnected() ? table.find(flow.key()) == flow : isOpen(flow);
        if (wasThere && flow.isConnected()) {
            table.remove(flow);
        } else if (wasThere) {
            flow.locals().forEach(open::remove);
        }
        if (wasThere) {
            flows--;
        }
        if (wasThere && flow.isPassive()) {
            context.quota.giveBack(flow.key().remote().address());
        }
    }

    private boolean isOpen(UdpFlow flow) {
        return open.get(flow.local()) == flow;
    }

    void receive(Inbound packet) {
        byte[] array = packet.array();
        int header = packet.transport();
        int length = packet.transportLength();
        boolean isWhole = length >= UdpHeader.LENGTH && UdpHeader.length(array, header) == length;
        // RFC 768: IPv4 may do without a checksum; RFC 8200 §8.1: IPv6 may not
        boolean isBare = isWhole && UdpHeader.checksum(array, header) == 0 && !packet.isIpv6();
        if (!isWhole || (!isBare && !packet.isChecksumValid(IpPacket.UDP))) {
            context.drop(DropReason.BAD_SEGMENT);
            return;
        }
        int from = header + UdpHeader.LENGTH;
        int end = header + length;
        int each = packet.gsoSize() > 0 ? packet.gsoSize() : Math.max(1, end - from);
        do { // several datagrams may have come in one
            int size = Math.min(each, end - from);
            receive(packet, from, size);
            from += Math.max(1, size);
        } while (from < end);
    }

    private void receive(Inbound packet, int from, int length) {
        UdpOccupant occupant = table.find(packet);
        switch (occupant) {
            case UdpFlow flow -> flow.receive(null, packet.array(), from, length);
            case UdpRequest request -> hold(request, packet, from, length);
            case null -> arrive(packet, from, length);
        }
    }

    private void hold(UdpRequest request, Inbound packet, int from, int length) {
        boolean isFull = heldBytes + length > context.setup.limits().datagramBytes();
        byte[] copy = isFull ? null : Arrays.copyOfRange(packet.array(), from, from + length);
        if (copy == null || !request.hold(copy)) {
            context.drop(DropReason.STACK_FULL);
            return;
        }
        heldBytes += length;
    }

    private void arrive(Inbound packet, int from, int length) {
        FlowKey key = packet.key();
        UdpFlow anybody = open.get(key.local());
        if (anybody != null) {
            anybody.receive(key.remote(), packet.array(), from, length);
            return;
        }
        if (!context.setup.link().isTransit()) {
            context.errors.send(packet, Unreached.PORT);
            return;
        }
        StackLimits limits = context.setup.limits();
        boolean isFull =
                pending >= limits.pending()
                        || flows >= limits.flows()
                        || heldBytes + packet.length() > limits.datagramBytes()
                        || context.quota.isFull(key.remote().address());
        if (isFull || !context.openings.take(key.remote().address())) {
            context.drop(DropReason.STACK_FULL);
            return;
        }
        int at = packet.offset();
        byte[] copy = Arrays.copyOfRange(packet.array(), at, at + packet.length());
        UdpRequest request = new UdpRequest(this, key, copy);
        table.put(request);
        pending++;
        hold(request, packet, from, length);
        context.events.add(() -> request.offer(transit));
    }

    /** An ICMP error about a datagram of ours, of which it quotes the beginning. */
    void onUnreachable(Inbound quote, Unreached cause) {
        UdpFlow flow = flowOf(quote);
        if (flow != null) {
            flow.onUnreachable(quote.key().remote(), cause);
        }
    }

    /** The path takes packets only up to that length. */
    void onTooBig(Inbound quote, int mtuBytes) {
        UdpFlow flow = flowOf(quote);
        if (flow != null) {
            context.pathMtus.learn(quote.source(), mtuBytes, context.nowNs);
        }
    }

    private @Nullable UdpFlow flowOf(Inbound quote) {
        if (table.find(quote) instanceof UdpFlow flow) {
            return flow;
        }
        return open.get(quote.key().local());
    }
}
