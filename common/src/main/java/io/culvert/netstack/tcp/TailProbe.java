package io.culvert.netstack.tcp;

/**
 * The probe for a lost tail (RFC 8985 §7): whether one is wanted, is under way, and what its answer
 * says. Confined to one thread.
 */
final class TailProbe {
    private static final long LEAST_NS = 10_000_000;

    /** How long a peer may keep an acknowledgment back (§7.2). */
    private static final long MOST_ACK_DELAY_NS = 200_000_000;

    private boolean isWanted;
    private boolean isUnderWay;
    private boolean isAgain; // it was no new data
    private int end;

    /** How long to wait for an acknowledgment before it. */
    static long waitNs(long smoothedNs, boolean isOneSegment) {
        return Math.max(LEAST_NS, 2 * smoothedNs) + (isOneSegment ? MOST_ACK_DELAY_NS : 0);
    }

    boolean isWanted() {
        return isWanted;
    }

    boolean isUnderWay() {
        return isUnderWay;
    }

    void want() {
        isWanted = true;
    }

    void forget() {
        isWanted = false;
        isUnderWay = false;
    }

    /** It went out; {@code sentAgain}: it was no new data. */
    void onSent(int probeEnd, boolean sentAgain) {
        isWanted = false;
        isUnderWay = true;
        isAgain = sentAgain;
        end = probeEnd;
    }

    /** §7.4.2: whether the probe itself repaired a loss, which counts as one all the same. */
    boolean hasRepaired(Delivery delivery) {
        if (!isUnderWay || Sequence.isBefore(delivery.number, end)) {
            return false;
        }
        boolean isTwice = delivery.duplicateBytes > 0;
        boolean isPast = Sequence.isAfter(delivery.number, end);
        if (!isAgain || isTwice || isPast || delivery.isRepeated) {
            isUnderWay = false;
        }
        return isAgain && !isTwice && isPast;
    }
}
