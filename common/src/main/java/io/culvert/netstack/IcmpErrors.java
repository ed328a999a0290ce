package io.culvert.netstack;

import io.culvert.bytes.Packet;
import io.culvert.ip.Unreachable;
import io.culvert.stats.DropReason;
import java.util.EnumMap;
import java.util.Map;

/**
 * ICMP errors on their way out, not too many a second (RFC 4443 §2.4 (f)). Confined to the stack's
 * thread.
 */
final class IcmpErrors {
    private static final int PER_SECOND = 1000;
    private static final int BURST = 200;

    private final Context context;
    private final Map<Unreached, Unreachable> writers = new EnumMap<>(Unreached.class);
    private final RateBucket bucket = new RateBucket(PER_SECOND, BURST);

    IcmpErrors(Context context) {
        this.context = context;
        for (Unreached cause : Unreached.values()) {
            writers.put(cause, new Unreachable(cause.code(false), cause.code(true)));
        }
    }

    /**
     * Tells a packet's sender why it did not arrive, if it may be told.
     *
     * @return false where too many were told already, or there is no room
     */
    boolean send(Inbound about, Unreached cause) {
        Unreachable writer = writers.get(cause);
        if (writer == null || !bucket.take(context.nowNs)) {
            context.drop(DropReason.RATE_LIMITED);
            return false;
        }
        Packet packet = context.outlet.lease(Unreachable.MAX_LENGTH);
        if (packet == null) {
            context.drop(DropReason.STACK_FULL);
            return false;
        }
        int at = packet.offset();
        int length =
                writer.answer(about.array(), about.offset(), about.length(), packet.array(), at);
        if (length == 0) {
            packet.release();
            return true; // of this nobody may be told
        }
        packet.set(at, length);
        context.outlet.addUrgent(packet);
        return true;
    }
}
