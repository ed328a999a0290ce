package io.culvert.netstack;

import io.culvert.bytes.Packet;
import io.culvert.ip.IpAddress;
import io.culvert.ip.TcpHeader;
import io.culvert.netstack.tcp.Sequence;
import io.culvert.stats.DropReason;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TCP: finds the flow of each segment, offers openings, and answers what belongs to nobody.
 * Confined to the stack's thread.
 */
final class Tcp {
    private static final long INITIAL_PURPOSE = 3;
    private static final long CLOCK_PURPOSE = 4;
    private static final int SEQUENCE_TICK_NS = 4096; // RFC 9293 §3.4.1: about four microseconds
    private static final int ANSWERS_PER_SECOND = 2000;
    private static final int MOST_SYN_BYTES = 1280;
    private static final IpAddress ANY = IpAddress.parse("0.0.0.0");
    private static final IpAddress ANY_IPV6 = IpAddress.parse("::");

    private final Context context;
    private final TcpArrivals transit;
    private final FlowTable<Occupant> table;
    private final FlowOutput output;
    private final SegmentArrival arrival;
    private final TimeWaits timeWaits;
    private final Hoards hoards;
    private final Ports ports;
    private final Segment segment = new Segment();
    private final RateBucket answers = new RateBucket(ANSWERS_PER_SECOND, ANSWERS_PER_SECOND);
    private final Map<Endpoint, TcpArrivals> listeners = new HashMap<>();
    private int pending;
    private int flows;

    Tcp(Context context, TcpArrivals transit) {
        this.context = context;
        this.transit = transit;
        this.table = new FlowTable<>(context.hash);
        this.output = new FlowOutput(context);
        this.arrival = new SegmentArrival(this);
        this.timeWaits = new TimeWaits(this);
        this.hoards = new Hoards(this);
        this.ports = new Ports(context.hash, context.setup.secrets().random().nextInt());
    }

    Context context() {
        return context;
    }

    FlowTable<Occupant> table() {
        return table;
    }

    FlowOutput output() {
        return output;
    }

    int flows() {
        return flows;
    }

    int pending() {
        return pending;
    }

    int timeWaits() {
        return timeWaits.count();
    }

    // what the application does

    TcpFlow connect(Endpoint remote, TcpFlow.Listener listener) {
        IpAddress source = context.sourceFor(remote.address().isIpv6());
        if (source == null) {
            IpAddress none = remote.address().isIpv6() ? ANY_IPV6 : ANY;
            return failed(new FlowKey(new Endpoint(none, 0), remote), listener)
                    .failing(End.NETWORK_UNREACHABLE);
        }
        FlowKey wanted = new FlowKey(new Endpoint(source, 0), remote);
        boolean isFull = flows >= context.setup.limits().flows();
        FlowKey key = isFull ? null : ports.choose(wanted, this::isFree, this::isReusable);
        if (key == null) {
            return failed(wanted, listener).failing(End.TOO_MANY);
        }
        TcpFlow flow = newFlow(key, listener, TcpState.SYN_SENT, Offer.ours(clockOf(key)));
        enter(flow);
        return flow;
    }

    private boolean isFree(FlowKey key) {
        return table.find(key) == null;
    }

    private boolean isReusable(FlowKey key) {
        return table.find(key) instanceof TimeWait wait && wait.isReusable(context.nowNs);
    }

    private TcpFlow failed(FlowKey key, TcpFlow.Listener listener) {
        return newFlow(key, listener, TcpState.SYN_SENT, Offer.ours(0));
    }

    private TcpFlow newFlow(FlowKey key, TcpFlow.Listener listener, TcpState state, Offer offer) {
        return new TcpFlow(this, key, listener, state, offer);
    }

    private void enter(TcpFlow flow) {
        table.put(flow);
        flows++;
        context.outlet.addTurn(flow);
    }

    TcpFlow accept(TcpRequest request, TcpFlow.Listener listener, boolean isLate) {
        FlowKey key = request.key();
        Segment syn = request.segment();
        Offer theirs = Offer.of(syn.options, clockOf(key));
        TcpFlow flow = newFlow(key, listener, TcpState.SYN_RECEIVED, theirs);
        boolean isFull = flows >= context.setup.limits().flows();
        if (isLate || isFull || !context.quota.take(key.remote().address())) {
            return flow.failing(isLate ? End.TIMED_OUT : End.TOO_MANY);
        }
        flow.setPassive();
        Opening opening = flow.opening();
        if (opening != null) {
            arrival.adopt(flow, opening, theirs, syn);
        }
        flow.sender().openWindow(syn, false);
        enter(flow);
        return flow;
    }

    void onAnswered(TcpRequest request) {
        pending--;
        table.remove(request);
        context.openings.giveBack(request.remote().address());
    }

    void listen(Endpoint local, TcpArrivals arrivals) {
        listeners.put(local, arrivals);
    }

    void unlisten(Endpoint local) {
        listeners.remove(local);
    }

    // what comes in

    void receive(Inbound packet) {
        if (context.chunks.isScarce()) {
            hoards.watch();
        }
        if (!segment.read(packet)) {
            context.drop(DropReason.BAD_SEGMENT);
            return;
        }
        Occupant occupant = table.find(packet);
        if (occupant instanceof TimeWait wait && timeWaits.receive(wait, segment)) {
            occupant = null;
        }
        switch (occupant) {
            case null -> arrive(packet);
            case TcpFlow flow -> arrival.receive(flow, segment);
            case TcpRequest request -> request.receive(segment);
            case TimeWait _ -> {}
        }
    }

    /** RFC 9293 §3.10.7.1 and §3.10.7.2. */
    private void arrive(Inbound packet) {
        if (segment.has(TcpHeader.RST)) {
            return;
        }
        FlowKey key = packet.key();
        boolean isOpening = segment.has(TcpHeader.SYN) && !segment.has(TcpHeader.ACK);
        TcpArrivals asked = isOpening ? arrivalsFor(key.local()) : null;
        if (asked == null) {
            answerReset(key, segment);
            return;
        }
        StackLimits limits = context.setup.limits();
        boolean isFull =
                pending >= limits.pending()
                        || flows >= limits.flows()
                        || packet.length() > MOST_SYN_BYTES
                        || context.quota.isFull(key.remote().address());
        if (isFull || !context.openings.take(key.remote().address())) {
            context.drop(DropReason.STACK_FULL);
            return;
        }
        int from = packet.offset();
        byte[] copy = Arrays.copyOfRange(packet.array(), from, from + packet.length());
        TcpRequest request = new TcpRequest(this, key, asked, copy);
        table.put(request);
        pending++;
        context.events.add(request::offer);
    }

    private @Nullable TcpArrivals arrivalsFor(Endpoint local) {
        TcpArrivals own = listeners.get(local);
        if (own == null && context.isOwn(local.address())) {
            IpAddress any = local.address().isIpv6() ? ANY_IPV6 : ANY;
            own = listeners.get(new Endpoint(any, local.port()));
        }
        return own == null && context.setup.link().isTransit() ? transit : own;
    }

    /** An ICMP error about a segment of ours, which it quotes from its TCP header on. */
    void onUnreachable(Inbound quote, int sequence, Unreached cause) {
        if (table.find(quote) instanceof TcpFlow flow) {
            boolean isOurs = sequence == flow.sender().initial();
            if (flow.state() == TcpState.SYN_SENT && isOurs) {
                flow.end(End.of(cause));
            }
            // of a connection that is open it may pass (RFC 5461), or be made up (RFC 5927)
        }
    }

    /** The path takes packets only up to that length, as a router says. */
    void onTooBig(Inbound quote, int sequence, int mtuBytes) {
        if (!(table.find(quote) instanceof TcpFlow flow) || !flow.hasReceiver()) {
            return;
        }
        FlowSender sender = flow.sender();
        boolean isUnderWay =
                sequence - sender.una() >= 0 && sequence - sender.next() < 0; // RFC 5927 §4.1
        if (!isUnderWay || flow.opening() != null) {
            context.drop(DropReason.UNWANTED_SEGMENT);
            return;
        }
        IpAddress destination = flow.remote().address();
        int believed = context.pathMtus.learn(destination, mtuBytes, context.nowNs);
        int options = flow.receiver().hasTimestamps() ? 12 : 0;
        int size = Context.segmentSize(believed, destination.isIpv6()) - options;
        if (size < sender.mss()) {
            sender.shrink(size);
            context.outlet.addTurn(flow);
            flow.rearm();
        }
    }

    // what goes out beside flows

    /** A reset of this connection by our own wish. */
    void sendReset(TcpFlow flow) {
        int acknowledged = flow.hasReceiver() ? flow.receiver().next() : 0;
        int flags = TcpHeader.RST | TcpHeader.ACK;
        int sequence = flow.opening() == null ? flow.sender().next() : flow.sender().initial() + 1;
        sendBare(flow.key(), sequence, acknowledged, flags);
    }

    /** The answer to a segment that belongs to nothing (RFC 9293 §3.10.7.1). */
    void answerReset(FlowKey key, Segment to) {
        context.drop(DropReason.UNWANTED_SEGMENT);
        if (to.has(TcpHeader.RST) || !answers.take(context.nowNs)) {
            return;
        }
        if (to.has(TcpHeader.ACK)) {
            sendBare(key, to.acknowledgment(), 0, TcpHeader.RST);
        } else {
            int acknowledged = to.sequence() + to.length();
            sendBare(key, 0, acknowledged, TcpHeader.RST | TcpHeader.ACK);
        }
    }

    /** A segment without data or options. */
    void sendBare(FlowKey key, int sequence, int acknowledged, int flags) {
        Packet packet = context.outlet.lease(SegmentWriter.mostHeaders(key.isIpv6()));
        if (packet == null) {
            context.drop(DropReason.STACK_FULL);
            return;
        }
        output.putBare(packet, key, sequence, acknowledged, flags);
        context.outlet.addUrgent(packet);
    }

    // what flows tell

    /** RFC 6528 §3; behind all numbers of a connection that lingers, in whose place this comes. */
    int initialSequence(FlowKey key) {
        int clock =
                (int) (context.nowNs / SEQUENCE_TICK_NS)
                        + (int) context.hash.of(key, INITIAL_PURPOSE);
        return table.find(key) instanceof TimeWait wait
                ? Sequence.max(clock, timeWaits.replace(wait))
                : clock;
    }

    private int clockOf(FlowKey key) {
        return (int) context.hash.of(key, CLOCK_PURPOSE);
    }

    /** The flow is over. */
    void forget(TcpFlow flow) {
        if (table.find(flow.key()) != flow) {
            return;
        }
        table.remove(flow);
        flows--;
        if (flow.isPassive()) {
            context.quota.giveBack(flow.remote().address());
        }
    }

    /** The flow is over, and lingers so that late segments disturb nobody. */
    void linger(TcpFlow flow) {
        if (flow.isAcknowledgmentDue()) {
            context.outlet.addUrgent(output.acknowledge(flow, context.outlet.pool()));
        }
        flow.end(End.FINISHED);
        timeWaits.add(flow);
    }

    /** What lingers has heard its last segment once more. */
    void acknowledge(TimeWait wait) {
        Packet packet = context.outlet.lease(SegmentWriter.mostHeaders(wait.key().isIpv6()));
        if (packet != null && answers.take(context.nowNs)) {
            output.putLingering(packet, wait);
            context.outlet.addUrgent(packet);
        } else if (packet != null) {
            packet.release();
        }
    }
}
