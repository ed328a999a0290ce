package io.culvert.netstack;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.TcpHeader;
import io.culvert.netstack.tcp.LossRecovery;
import io.culvert.netstack.tcp.Sequence;
import io.culvert.netstack.tcp.TcpOptions;
import org.jspecify.annotations.Nullable;

/**
 * Makes a flow's next segment at the moment when it goes out:
 *
 * <ol>
 *   <li>the SYN, while the handshake lasts;
 *   <li>what is lost, as far as the congestion window allows;
 *   <li>new data, a super-packet where those are allowed, and the FIN behind the last of it;
 *   <li>a probe: for a lost tail, of a closed window, or of a silent peer;
 *   <li>an acknowledgment, if none of these carried it.
 * </ol>
 *
 * Confined to the stack's thread.
 */
final class FlowOutput {
    private static final int MOST_PACKET = 0xffff;

    /** A super-packet is at most such a part of the congestion window: the rest keeps flowing. */
    private static final int WINDOW_PARTS = 4;

    private final Context context;
    private final SegmentWriter writer = new SegmentWriter();
    private final int[] blocks = new int[2 * TcpOptions.MOST_BLOCKS];

    FlowOutput(Context context) {
        this.context = context;
    }

    /** The next segment, whatever it is; null when there is none now. */
    @Nullable Packet send(TcpFlow flow, PacketPool pool) {
        Opening opening = flow.opening();
        Packet packet;
        if (opening != null) {
            packet = opening.isSynWanted() ? syn(flow, opening, pool) : null;
        } else {
            packet = next(flow, pool);
            watchWindow(flow.sender());
        }
        flow.rearm();
        return packet;
    }

    private void watchWindow(FlowSender sender) {
        if (sender.needsWindowProbe()) {
            sender.startWindowProbe();
        }
    }

    private @Nullable Packet next(TcpFlow flow, PacketPool pool) {
        FlowSender sender = flow.sender();
        LossRecovery recovery = sender.recovery();
        if (recovery.hasLost()) {
            int length = recovery.lostLength();
            int room = recovery.roomBytes();
            if (room >= Math.min(length, sender.mss())) {
                return again(flow, Math.min(length, Math.max(room, sender.mss())), pool);
            }
        } else {
            int bytes = sender.sendableBytes(mostBytes(flow));
            if (bytes > 0 || sender.isFinDue()) {
                return fresh(flow, bytes, pool);
            }
        }
        return probe(flow, pool);
    }

    private @Nullable Packet probe(TcpFlow flow, PacketPool pool) {
        FlowSender sender = flow.sender();
        LossRecovery recovery = sender.recovery();
        if (recovery.isProbeWanted()) {
            int start = recovery.tailStart();
            int end = recovery.tailEnd();
            recovery.onTailSentAgain(context.nowNs);
            return data(flow, start, end, pool);
        }
        WindowProbe probe = sender.windowProbe();
        if (probe != null && probe.isWanted()) {
            int bytes =
                    Math.min(sender.usableBytes(), Math.min(sender.mss(), sender.unsentBytes()));
            if (bytes > 0) { // a small piece after all (RFC 9293 §3.8.6.2.1 (4))
                return fresh(flow, bytes, pool);
            }
            sender.onWindowProbed(probe);
            return old(flow, pool);
        }
        Keepalive keepalive = flow.keepalive();
        if (keepalive != null && keepalive.isWanted()) {
            keepalive.onSent();
            return old(flow, pool);
        }
        return flow.isAcknowledgmentDue() ? acknowledge(flow, pool) : null;
    }

    private int mostBytes(TcpFlow flow) {
        int mss = flow.sender().mss();
        if (!context.setup.link().hasSuperPackets()) {
            return mss;
        }
        int fits = MOST_PACKET - SegmentWriter.mostHeaders(flow.key().isIpv6());
        int part = flow.sender().recovery().windowBytes() / WINDOW_PARTS;
        int most = Math.max(part, 2 * mss);
        return Math.max(mss, Math.min(most, fits) / mss * mss);
    }

    private Packet fresh(TcpFlow flow, int bytes, PacketPool pool) {
        FlowSender sender = flow.sender();
        int start = sender.next();
        boolean isFin = sender.isFinAt(start + bytes) && !sender.isFinSent();
        sender.onSent(bytes, isFin);
        if (isFin) {
            TcpState state = flow.state();
            flow.setState(state == TcpState.CLOSE_WAIT ? TcpState.LAST_ACK : TcpState.FIN_WAIT_1);
        }
        return data(flow, start, sender.next(), pool);
    }

    private Packet again(TcpFlow flow, int mostLost, PacketPool pool) {
        FlowSender sender = flow.sender();
        LossRecovery recovery = sender.recovery();
        int start = recovery.lostStart();
        int bytes = Math.min(mostLost, mostBytes(flow));
        bytes = bytes > sender.mss() ? bytes / sender.mss() * sender.mss() : bytes;
        recovery.onSentAgain(bytes, context.nowNs);
        return data(flow, start, start + bytes, pool);
    }

    /** A segment with what has these numbers; the last may be the FIN's. */
    private Packet data(TcpFlow flow, int start, int end, PacketPool pool) {
        FlowSender sender = flow.sender();
        int dataEnd = Sequence.min(end, sender.buffer().end());
        boolean isFin = sender.isFinSent() && Sequence.isAfter(end, sender.buffer().end());
        int length = Math.max(0, dataEnd - start);
        Packet packet = pool.lease(SegmentWriter.mostHeaders(flow.key().isIpv6()) + length);
        writer.begin(packet, flow.key());
        putTimestamps(flow);
        writer.endHeader();
        if (length > 0) {
            sender.buffer().copy(start, writer.array(), writer.end(), length);
            writer.setEnd(writer.end() + length);
        }
        boolean isLast = dataEnd == sender.buffer().end();
        int flags = TcpHeader.ACK;
        flags |= isLast && length > 0 ? TcpHeader.PSH : 0;
        flags |= isFin ? TcpHeader.FIN : 0;
        putAcknowledging(flow, start, flags);
        boolean isPartial = context.setup.link().hasSuperPackets() && length > 0;
        writer.finish(packet, isPartial ? sender.mss() : 0);
        return packet;
    }

    private void putAcknowledging(TcpFlow flow, int sequence, int flags) {
        FlowReceiver receiver = flow.receiver();
        boolean isOwed = receiver.isAckDue() && receiver.hasMoreToTell();
        int window = receiver.onAcknowledging(false);
        if (isOwed) { // no room for SACK blocks here
            receiver.demandAck();
            context.outlet.addAcknowledging(flow);
        }
        writer.putNumbers(sequence, receiver.next(), flags, window);
    }

    private void putTimestamps(TcpFlow flow) {
        FlowReceiver receiver = flow.receiver();
        if (receiver.hasTimestamps()) {
            putTimestamps(receiver.timestampOffset(), receiver.recentTimestamp());
        }
    }

    private void putTimestamps(int offset, int recent) {
        int value = context.timestamp(offset);
        writer.setEnd(TcpOptions.putTimestamps(writer.array(), writer.end(), value, recent));
    }

    /** An acknowledgment and nothing else. */
    Packet acknowledge(TcpFlow flow, PacketPool pool) {
        return bare(flow, flow.sender().next(), pool);
    }

    /** The same with a number that was acknowledged before, so that it must be answered. */
    private Packet old(TcpFlow flow, PacketPool pool) {
        return bare(flow, flow.sender().una() - 1, pool);
    }

    private Packet bare(TcpFlow flow, int sequence, PacketPool pool) {
        FlowReceiver receiver = flow.receiver();
        Packet packet = pool.lease(SegmentWriter.mostHeaders(flow.key().isIpv6()));
        writer.begin(packet, flow.key());
        putTimestamps(flow);
        int most = receiver.hasTimestamps() ? TcpOptions.MOST_BLOCKS - 1 : TcpOptions.MOST_BLOCKS;
        int count = receiver.takeBlocks(blocks, most);
        if (count > 0) {
            writer.setEnd(TcpOptions.putSacks(writer.array(), writer.end(), blocks, count));
        }
        writer.endHeader();
        int window = receiver.onAcknowledging(true);
        writer.putNumbers(sequence, receiver.next(), TcpHeader.ACK, window);
        writer.finish(packet, 0);
        flow.rearm();
        return packet;
    }

    private Packet syn(TcpFlow flow, Opening opening, PacketPool pool) {
        boolean isAnswer = flow.state() == TcpState.SYN_RECEIVED;
        Packet packet = pool.lease(SegmentWriter.mostHeaders(flow.key().isIpv6()));
        writer.begin(packet, flow.key());
        boolean isIpv6 = flow.key().isIpv6();
        int size = Context.segmentSize(context.setup.link().mtuBytes(), isIpv6);
        byte[] array = writer.array();
        int at = TcpOptions.putSegmentSize(array, writer.end(), size);
        Offer offer = opening.ours();
        at = offer.hasSack() ? TcpOptions.putSackPermitted(array, at) : at;
        if (offer.hasTimestamps()) {
            int recent = isAnswer ? flow.receiver().recentTimestamp() : 0;
            int value = context.timestamp(offer.timestampOffset());
            at = TcpOptions.putTimestamps(array, at, value, recent);
        }
        if (offer.isScaled()) {
            at = TcpOptions.putWindowScale(array, at, FlowReceiver.WINDOW_SHIFT);
        }
        writer.setEnd(at);
        writer.endHeader();
        int window = isAnswer ? flow.receiver().openingWindow() : FlowReceiver.FIRST_BYTES;
        int acknowledged = isAnswer ? flow.receiver().next() : 0;
        int flags = TcpHeader.SYN | (isAnswer ? TcpHeader.ACK : 0);
        writer.putNumbers(flow.sender().initial(), acknowledged, flags, window);
        writer.finish(packet, 0);
        opening.onSent(context.nowNs);
        return packet;
    }

    /** Writes the last acknowledgment of what lingers into a leased packet. */
    void putLingering(Packet packet, TimeWait wait) {
        writer.begin(packet, wait.key());
        if (wait.hasTimestamps()) {
            putTimestamps(wait.timestampOffset(), wait.recentTimestamp());
        }
        writer.endHeader();
        writer.putNumbers(wait.next(), wait.expected(), TcpHeader.ACK, 0);
        writer.finish(packet, 0);
    }

    /** Writes a segment without data and options into a leased packet. */
    void putBare(Packet packet, FlowKey key, int sequence, int acknowledged, int flags) {
        writer.begin(packet, key);
        writer.endHeader();
        writer.putNumbers(sequence, acknowledged, flags, 0);
        writer.finish(packet, 0);
    }
}
