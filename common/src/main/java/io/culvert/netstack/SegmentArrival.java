package io.culvert.netstack;

import io.culvert.ip.TcpHeader;
import io.culvert.netstack.tcp.Delivery;
import io.culvert.netstack.tcp.Sequence;
import io.culvert.stats.DropReason;

/**
 * What a segment does to its flow (RFC 9293 §3.10.7), with the checks of RFC 5961 against segments
 * that somebody else has made up:
 *
 * <ol>
 *   <li>while our SYN is not answered, its answer;
 *   <li>timestamp and sequence number: what is not acceptable is acknowledged and dropped;
 *   <li>RST, SYN, ACK, in this order;
 *   <li>the window, then data, then FIN.
 * </ol>
 *
 * Confined to the stack's thread.
 */
final class SegmentArrival {
    private static final int DEFAULT_SEGMENT = 536; // RFC 9293 §3.7.1
    private static final int DEFAULT_SEGMENT_IPV6 = 1220;
    private static final int LEAST_SEGMENT = 64;

    private final Tcp tcp;
    private final Context context;

    SegmentArrival(Tcp tcp) {
        this.tcp = tcp;
        this.context = tcp.context();
    }

    void receive(TcpFlow flow, Segment segment) {
        if (flow.state() == TcpState.SYN_SENT) {
            answerOpening(flow, segment);
        } else {
            synchronised(flow, segment);
        }
        flow.rearm();
    }

    // §3.10.7.3

    private void answerOpening(TcpFlow flow, Segment segment) {
        FlowSender sender = flow.sender();
        Opening opening = flow.opening();
        boolean isAnswer = segment.has(TcpHeader.ACK);
        if (opening == null) {
            return;
        }
        boolean wasSent = opening.isWaiting();
        if (isAnswer && (!wasSent || segment.acknowledgment() != sender.initial() + 1)) {
            tcp.answerReset(flow.key(), segment);
            return;
        }
        if (segment.has(TcpHeader.RST)) {
            if (isAnswer) {
                flow.end(End.REFUSED);
            }
            return;
        }
        if (!segment.has(TcpHeader.SYN)) {
            return;
        }
        Offer theirs = Offer.of(segment.options, 0);
        adopt(flow, opening, theirs, segment);
        sender.openWindow(segment, false);
        if (isAnswer) {
            flow.receiver().demandAck();
            establish(flow, opening, segment);
            return;
        }
        flow.setState(TcpState.SYN_RECEIVED); // both asked at once
        opening.repeat();
        context.outlet.addTurn(flow);
    }

    /** Takes over what the other side's SYN says. */
    void adopt(TcpFlow flow, Opening opening, Offer theirs, Segment segment) {
        FlowReceiver receiver =
                new FlowReceiver(
                        context,
                        segment.sequence(),
                        theirs.isScaled(),
                        opening.ours().timestampOffset());
        receiver.agree(theirs.hasTimestamps(), theirs.hasSack());
        if (theirs.hasTimestamps()) {
            receiver.setRecent(segment.options.timestamp());
        }
        flow.setReceiver(receiver);
        opening.setTheirs(theirs);
    }

    private void establish(TcpFlow flow, Opening opening, Segment segment) {
        FlowSender sender = flow.sender();
        Offer theirs = opening.theirs();
        int size = segmentBytes(flow.key(), theirs);
        sender.start(size, theirs.isScaled() ? theirs.shift() : 0, theirs.hasSack());
        sender.openWindow(segment, !segment.has(TcpHeader.SYN));
        if (opening.hasRtt()) {
            sender.recovery().rtt().sample(opening.rttNs(context.nowNs), context.nowNs);
        }
        flow.establish();
    }

    /** Bytes of data a segment: what both ends and the path take, without timestamps. */
    int segmentBytes(FlowKey key, Offer theirs) {
        int standard = key.isIpv6() ? DEFAULT_SEGMENT_IPV6 : DEFAULT_SEGMENT;
        int wanted = theirs.segmentBytes() == 0 ? standard : theirs.segmentBytes();
        int mtu = context.pathMtus.of(key.remote().address(), context.nowNs);
        int size = Math.min(wanted, Context.segmentSize(mtu, key.isIpv6()));
        int options = theirs.hasTimestamps() ? 12 : 0;
        return Math.max(LEAST_SEGMENT, size - options);
    }

    // §3.10.7.4

    private void synchronised(TcpFlow flow, Segment segment) {
        FlowReceiver receiver = flow.receiver();
        boolean isReset = segment.has(TcpHeader.RST);
        boolean lacksTimestamp = receiver.hasTimestamps() && !segment.options.hasTimestamps();
        if (!isReset && lacksTimestamp && !segment.has(TcpHeader.SYN)) {
            context.drop(DropReason.UNWANTED_SEGMENT); // RFC 7323 §3.2
            return;
        }
        boolean isRepeatedSyn =
                flow.state() == TcpState.SYN_RECEIVED
                        && segment.has(TcpHeader.SYN)
                        && segment.sequence() == receiver.initial();
        if (isRepeatedSyn && !isReset) {
            if (!segment.has(TcpHeader.ACK)) {
                repeatSyn(flow);
                return;
            }
            segment.dropSyn();
        }
        if (isReset) {
            reset(flow, segment);
        } else if (!receiver.isAcceptable(segment) || receiver.isOld(segment)) {
            refuse(flow, segment);
        } else if (segment.has(TcpHeader.SYN)) {
            context.drop(DropReason.UNWANTED_SEGMENT);
            flow.challenge(); // RFC 5961 §4.2
        } else if (segment.has(TcpHeader.ACK) && acknowledge(flow, segment)) {
            receiver.noteTimestamp(segment);
            take(flow, segment);
        }
    }

    private void repeatSyn(TcpFlow flow) {
        Opening opening = flow.opening();
        if (opening != null) {
            opening.repeat();
            context.outlet.addTurn(flow);
        }
    }

    /** RFC 5961 §3.2: only the very next number resets. */
    private void reset(TcpFlow flow, Segment segment) {
        FlowReceiver receiver = flow.receiver();
        if (segment.sequence() == receiver.next()) {
            boolean isAsked = flow.state() == TcpState.SYN_RECEIVED && !flow.isPassive();
            flow.end(isAsked ? End.REFUSED : End.RESET);
            return;
        }
        context.drop(DropReason.UNWANTED_SEGMENT);
        if (receiver.isInWindow(segment.sequence())) {
            flow.challenge();
        }
    }

    /** Not acceptable: told so, at once where data came that had come before. */
    private void refuse(TcpFlow flow, Segment segment) {
        FlowReceiver receiver = flow.receiver();
        context.drop(DropReason.UNWANTED_SEGMENT);
        boolean isRepeated =
                segment.dataLength() > 0
                        && Sequence.isBefore(segment.sequence(), receiver.next())
                        && !receiver.isOld(segment);
        if (isRepeated) {
            int end = segment.sequence() + segment.dataLength();
            receiver.noteDuplicate(segment.sequence(), Sequence.min(end, receiver.next()));
        }
        flow.challenge();
    }

    /** Takes the acknowledgment; false when the segment is to be dropped. */
    private boolean acknowledge(TcpFlow flow, Segment segment) {
        FlowSender sender = flow.sender();
        int number = segment.acknowledgment();
        if (flow.state() == TcpState.SYN_RECEIVED) {
            Opening opening = flow.opening();
            boolean wasSent = opening != null && opening.isWaiting();
            if (opening == null || !wasSent || number != sender.initial() + 1) {
                tcp.answerReset(flow.key(), segment);
                return false;
            }
            establish(flow, opening, segment);
        }
        boolean isTooOld = Sequence.isBefore(number, sender.una() - sender.mostWindow());
        if (isTooOld || Sequence.isAfter(number, sender.next())) {
            context.drop(DropReason.UNWANTED_SEGMENT);
            flow.challenge(); // RFC 5961 §5.2
            return false;
        }
        Keepalive keepalive = flow.keepalive();
        if (keepalive != null) {
            keepalive.onHeard(context.nowNs);
        }
        sender.onAnswer();
        if (!Sequence.isBefore(number, sender.una())) {
            takeAcknowledgment(flow, segment);
        }
        return flow.state() != TcpState.CLOSED;
    }

    private void takeAcknowledgment(TcpFlow flow, Segment segment) {
        FlowSender sender = flow.sender();
        int number = segment.acknowledgment();
        boolean isNew = number != sender.una();
        boolean isWindowNews = sender.takeWindow(segment);
        boolean isRepeated = !isNew && !isWindowNews && segment.length() == 0;
        if (!sender.recovery().isIdle()) {
            Delivery delivery = context.delivery;
            int echoAgeMs = flow.receiver().echoAgeMs(segment);
            delivery.begin(number, sender.next(), context.nowNs, echoAgeMs, isRepeated);
            sender.recovery().onAck(delivery, segment.options);
        }
        if (isNew) {
            sender.onAcknowledged(number);
            if (sender.takeRoomNews()) {
                flow.events().onWritable();
            }
        }
        if (sender.isFinAcknowledged()) {
            onFinAcknowledged(flow);
        }
        if (flow.state() != TcpState.CLOSED) {
            context.outlet.addTurn(flow);
        }
    }

    private void onFinAcknowledged(TcpFlow flow) {
        switch (flow.state()) {
            case FIN_WAIT_1 -> flow.setState(TcpState.FIN_WAIT_2);
            case CLOSING -> tcp.linger(flow);
            case LAST_ACK -> flow.end(End.FINISHED);
            case SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_2, CLOSE_WAIT, CLOSED -> {}
        }
    }

    private void take(TcpFlow flow, Segment segment) {
        if (!flow.state().mayReceive()) {
            if (segment.length() > 0) { // the FIN once more: ours was not heard
                flow.receiver().demandAck();
            }
            settle(flow);
            return;
        }
        FlowReceiver receiver = flow.receiver();
        boolean isBeyond =
                Sequence.isAfter(segment.sequence() + segment.dataLength(), receiver.next());
        if (flow.isReadClosed() && segment.dataLength() > 0 && isBeyond) {
            flow.abort(); // RFC 9293 §3.10.4: nobody will ever read it
            return;
        }
        if (receiver.take(segment)) {
            flow.events().onReadable();
        }
        if (receiver.isFinished()) {
            onFinished(flow);
        }
        settle(flow);
    }

    private void settle(TcpFlow flow) {
        if (flow.isAcknowledgmentDue()) {
            context.outlet.addAcknowledging(flow);
        }
    }

    private void onFinished(TcpFlow flow) {
        flow.events().onRemoteEnd();
        switch (flow.state()) {
            case ESTABLISHED -> flow.setState(TcpState.CLOSE_WAIT);
            case FIN_WAIT_1 -> flow.setState(TcpState.CLOSING);
            case FIN_WAIT_2 -> tcp.linger(flow);
            case SYN_SENT, SYN_RECEIVED, CLOSE_WAIT, CLOSING, LAST_ACK, CLOSED -> {}
        }
    }
}
