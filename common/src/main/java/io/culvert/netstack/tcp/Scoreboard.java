package io.culvert.netstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * All that was sent and not acknowledged yet: what of it has arrived, is lost, or is under way. A
 * super-packet is one stretch until something divides it. Confined to one thread.
 */
final class Scoreboard {
    private final SentPool pool;
    private @Nullable Sent head;
    private @Nullable Sent tail;
    private @Nullable Sent oldest;
    private @Nullable Sent newest;
    private int stretches;
    private int totalBytes;
    private int sackedBytes;
    private int lostBytes;

    Scoreboard(SentPool pool) {
        this.pool = pool;
    }

    boolean isEmpty() {
        return head == null;
    }

    /** Bytes that count as under way: the pipe of RFC 6675. */
    int underWayBytes() {
        return totalBytes - sackedBytes - lostBytes;
    }

    /** Bytes that were sent and not acknowledged, whatever became of them. */
    int totalBytes() {
        return totalBytes;
    }

    int sackedBytes() {
        return sackedBytes;
    }

    int lostBytes() {
        return lostBytes;
    }

    @Nullable Sent head() {
        return head;
    }

    @Nullable Sent oldest() {
        return oldest;
    }

    /** New bytes went out, behind all others. */
    void onSent(int start, int end, long nowNs) {
        totalBytes += end - start;
        Sent last = tail;
        boolean joins =
                last != null
                        && last == newest
                        && last.sentNs == nowNs
                        && last.isUnderWay()
                        && !last.isRetransmitted;
        if (last != null && joins) {
            last.end = end;
            return;
        }
        Sent sent = pool.lease(start, end, nowNs);
        stretches++;
        sent.previous = last;
        if (last == null) {
            head = sent;
        } else {
            last.next = sent;
        }
        tail = sent;
        appendNewest(sent);
    }

    /** All before that number has arrived. */
    void acknowledge(Delivery delivery, Rack rack) {
        int number = delivery.number;
        Sent first = head;
        while (first != null && Sequence.isBefore(first.start, number)) {
            if (Sequence.isBefore(number, first.end)) {
                divide(first, number);
            }
            delivery.ackedBytes += first.length();
            if (!first.isSacked) {
                delivery.add(first);
                rack.onDelivered(first, delivery);
            }
            Sent after = first.next;
            remove(first);
            first = after;
        }
    }

    /** A SACK block; ignored where it would divide what is under way into too many stretches. */
    void sack(int start, int end, Delivery delivery, Rack rack) {
        Sent sent = head;
        while (sent != null && !Sequence.isAfter(sent.end, start)) {
            sent = sent.next;
        }
        while (sent != null && Sequence.isBefore(sent.start, end)) {
            if (!sent.isSacked) {
                if (stretches > Ranges.MOST * 4) {
                    return;
                }
                sent = clip(sent, start, end);
                delivery.add(sent);
                delivery.hasSacked = true;
                rack.onDelivered(sent, delivery);
                setSacked(sent);
                sent = mergeSacked(sent);
            }
            sent = sent.next;
        }
    }

    /** The part of a stretch that lies within, made a stretch of its own. */
    private Sent clip(Sent sent, int start, int end) {
        Sent part = sent;
        if (Sequence.isBefore(part.start, start)) {
            part = divide(part, start);
        }
        if (Sequence.isAfter(part.end, end)) {
            divide(part, end);
        }
        return part;
    }

    private void setSacked(Sent sent) {
        if (sent.isLost) {
            sent.isLost = false;
            lostBytes -= sent.length();
        } else {
            unlinkFromTime(sent);
        }
        sent.isSacked = true;
        sackedBytes += sent.length();
    }

    /** What has arrived is of no more interest: neighbours become one. */
    private Sent mergeSacked(Sent sent) {
        Sent merged = sent;
        Sent before = sent.previous;
        if (before != null && before.isSacked) {
            before.end = sent.end;
            unlink(sent);
            merged = before;
        }
        Sent after = merged.next;
        if (after != null && after.isSacked) {
            merged.end = after.end;
            unlink(after);
        }
        return merged;
    }

    /** Cuts a stretch in two; answers the second. */
    Sent divide(Sent sent, int at) {
        Sent second = pool.lease(at, sent.end, sent.sentNs);
        stretches++;
        second.isRetransmitted = sent.isRetransmitted;
        second.isSacked = sent.isSacked;
        second.isLost = sent.isLost;
        sent.end = at;
        Sent after = sent.next;
        second.previous = sent;
        second.next = after;
        sent.next = second;
        if (after == null) {
            tail = second;
        } else {
            after.previous = second;
        }
        if (sent.isUnderWay()) {
            linkAfter(sent, second);
        }
        return second;
    }

    private void linkAfter(Sent sent, Sent second) {
        Sent newer = sent.newer;
        second.older = sent;
        second.newer = newer;
        sent.newer = second;
        if (newer == null) {
            newest = second;
        } else {
            newer.older = second;
        }
    }

    /** It will have to be sent again. */
    void markLost(Sent sent) {
        unlinkFromTime(sent);
        sent.isLost = true;
        lostBytes += sent.length();
    }

    /** The first stretch that is lost; null when none is. */
    @Nullable Sent firstLost() {
        Sent sent = lostBytes == 0 ? null : head;
        while (sent != null && !sent.isLost) {
            sent = sent.next;
        }
        return sent;
    }

    /** The same where there is one. */
    Sent lost() {
        Sent lost = firstLost();
        if (lost == null) {
            throw new IllegalStateException("nothing is lost of " + totalBytes);
        }
        return lost;
    }

    /** How many bytes from the first lost one on are lost in one piece. */
    int lostLength() {
        int length = 0;
        for (Sent lost = lost(); lost != null && lost.isLost; lost = lost.next) {
            length += lost.length();
        }
        return length;
    }

    /** The first segment that has not arrived is lost. */
    void markFirstLost(int mss) {
        Sent first = firstMissing();
        if (first != null && first.isUnderWay()) {
            if (first.length() > mss) {
                divide(first, first.start + mss);
            }
            markLost(first);
        }
    }

    /** The last stretch, where there is one. */
    Sent last() {
        Sent last = tail;
        if (last == null) {
            throw new IllegalStateException("nothing is under way");
        }
        return last;
    }

    int lastSegmentStart(int mss) {
        Sent last = last();
        return Sequence.max(last.start, last.end - mss);
    }

    /** The last segment, as a stretch of its own. */
    Sent lastSegment(int mss) {
        int start = lastSegmentStart(mss);
        Sent last = last();
        return Sequence.isBefore(last.start, start) ? divide(last, start) : last;
    }

    /** The first stretch that has not arrived; null when all have, or nothing is there. */
    @Nullable Sent firstMissing() {
        Sent sent = head;
        while (sent != null && sent.isSacked) {
            sent = sent.next;
        }
        return sent;
    }

    /** The first bytes of a stretch, at most so many, went out again. */
    void onSentAgain(Sent sent, int bytes, long nowNs) {
        if (bytes < sent.length()) {
            divide(sent, sent.start + bytes);
        }
        if (sent.isLost) {
            sent.isLost = false;
            lostBytes -= sent.length();
        } else {
            unlinkFromTime(sent);
        }
        sent.isRetransmitted = true;
        sent.sentNs = nowNs;
        appendNewest(sent);
    }

    /** Nothing is lost after all: it is under way as before. */
    void forgetLosses() {
        for (Sent sent = head; sent != null; sent = sent.next) {
            if (sent.isLost) {
                sent.isLost = false;
                lostBytes -= sent.length();
                insertByTime(sent);
            }
        }
    }

    /** The peer dropped what it had said to hold: whatever it said no longer counts. */
    void forgetSacks() {
        for (Sent sent = head; sent != null; sent = sent.next) {
            if (sent.isSacked) {
                sent.isSacked = false;
                sackedBytes -= sent.length();
                sent.isLost = true;
                lostBytes += sent.length();
            }
        }
    }

    /** Frees everything. */
    void clear() {
        for (Sent sent = head; sent != null; sent = head) {
            remove(sent);
        }
    }

    private void insertByTime(Sent sent) {
        Sent before = newest;
        while (before != null && before.sentNs - sent.sentNs > 0) {
            before = before.older;
        }
        if (before != null) {
            linkAfter(before, sent);
            return;
        }
        Sent first = oldest;
        sent.older = null;
        sent.newer = first;
        oldest = sent;
        if (first == null) {
            newest = sent;
        } else {
            first.older = sent;
        }
    }

    private void appendNewest(Sent sent) {
        Sent last = newest;
        sent.older = last;
        sent.newer = null;
        newest = sent;
        if (last == null) {
            oldest = sent;
        } else {
            last.newer = sent;
        }
    }

    private void unlinkFromTime(Sent sent) {
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

    private void remove(Sent sent) {
        totalBytes -= sent.length();
        if (sent.isSacked) {
            sackedBytes -= sent.length();
        } else if (sent.isLost) {
            lostBytes -= sent.length();
        } else {
            unlinkFromTime(sent);
        }
        unlink(sent);
    }

    private void unlink(Sent sent) {
        Sent before = sent.previous;
        Sent after = sent.next;
        if (before == null) {
            head = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.previous = before;
        }
        stretches--;
        pool.release(sent);
    }
}
