package io.culvert.netstack.tcp;

/**
 * Finds losses where the peer has no SACK: by acknowledgments that repeat themselves, and in a
 * recovery by those that end at the next hole (RFC 6582 §3.2). Confined to one thread.
 */
final class Reno {
    private static final int DUPLICATE_THRESHOLD = 3;

    /** More say nothing more: a flow never has so many segments under way. */
    private static final int MOST = 1 << 20;

    private int duplicates;

    /** Acknowledgments in a row that repeat themselves: each says that a segment has arrived. */
    int duplicates() {
        return duplicates;
    }

    void clear() {
        duplicates = 0;
    }

    void onAck(Delivery delivery, Scoreboard board, boolean isOpen, int recoverEnd, int mss) {
        if (delivery.ackedBytes > 0) {
            duplicates = 0;
            if (!isOpen && Sequence.isBefore(delivery.number, recoverEnd)) {
                board.markFirstLost(mss);
            }
        } else if (delivery.isRepeated && !board.isEmpty()) {
            duplicates = Math.min(duplicates + 1, MOST);
            delivery.deliveredBytes += mss;
            if (duplicates == DUPLICATE_THRESHOLD && isOpen) {
                board.markFirstLost(mss);
            }
        }
    }
}
