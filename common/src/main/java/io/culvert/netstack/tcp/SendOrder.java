package io.culvert.netstack.tcp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stretches that count as under way, in the order in which they went out, linked through
 * themselves. Confined to one thread.
 */
final class SendOrder {
    private @Nullable Sent oldest;
    private @Nullable Sent newest;

    @Nullable Sent oldest() {
        return oldest;
    }

    @Nullable Sent newest() {
        return newest;
    }

    /** It goes out now. */
    void append(Sent sent) {
        insertAfter(newest, sent);
    }

    /** It went out just after that one; null: before all others. */
    void insertAfter(@Nullable Sent place, Sent sent) {
        Sent newer = place == null ? oldest : place.newer;
        sent.older = place;
        sent.newer = newer;
        if (place == null) {
            oldest = sent;
        } else {
            place.newer = sent;
        }
        if (newer == null) {
            newest = sent;
        } else {
            newer.older = sent;
        }
    }

    /** It no longer counts. */
    void remove(Sent sent) {
        Sent before = sent.older;
        Sent after = sent.newer;
        if (before == null) {
            oldest = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        sent.older = null;
        sent.newer = null;
    }

    /** Takes back stretches, sorted by when they went out: one pass, however many there are. */
    void merge(List<Sent> sorted) {
        Sent place = newest;
        for (Sent sent : sorted.reversed()) {
            while (place != null && place.sentNs - sent.sentNs > 0) {
                place = place.older;
            }
            insertAfter(place, sent);
        }
    }
}
