package io.culvert.netstack.tcp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that was sent and not acknowledged yet: what of it has arrived, is lost, or is under way. A
 * super-packet is one stretch until something divides it. Confined to one thread.
 *
 * <p>The other side decides into how many stretches this falls, and an acknowledgment costs it
 * little: so their number is bounded, and looking for one begins where the last was found.
 */
final class Scoreboard {
    /** With so many stretches nothing new goes out. */
    static final int MANY = 4096;

    /** Beyond that SACK blocks divide nothing any more. */
    private static final int MOST = 2 * MANY;

    private final SentPool pool;
    private final SendOrder order = new SendOrder();
    private @Nullable Sent head;
    private @Nullable Sent tail;
    private @Nullable Sent lostFrom; // nothing before it is lost; null where that is not known
    private @Nullable Sent found; // where the last SACK block led; null at first
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
        return order.oldest();
    }

    boolean isCrowded() {
        return stretches >= MANY;
    }

    /** New bytes went out, behind all others. */
    void onSent(int start, int end, long nowNs) {
        totalBytes += end - start;
        Sent last = tail;
        boolean joins =
                last != null
                        && last == order.newest()
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
        order.append(sent);
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

    /** The SACK blocks of an acknowledgment. */
    void sack(TcpOptions options, Delivery delivery, Rack rack) {
        options.sortSacks();
        for (int i = 0; i < options.sackCount(); i++) {
            int start = options.sackStart(i);
            int end = options.sackEnd(i);
            boolean isNew =
                    Sequence.isAfter(end, start)
                            && !Sequence.isBefore(start, delivery.number)
                            && !Sequence.isAfter(end, delivery.next);
            if (isNew) {
                sack(start, end, delivery, rack);
            }
        }
    }

    /** A block; ignored where it would divide what is under way into too many stretches. */
    private void sack(int start, int end, Delivery delivery, Rack rack) {
        Sent sent = firstEndingAfter(start);
        while (sent != null && Sequence.isBefore(sent.start, end)) {
            if (!sent.isSacked) {
                if (stretches > MOST) {
                    return;
                }
                sent = clip(sent, start, end);
                delivery.add(sent);
                delivery.hasSacked = true;
                rack.onDelivered(sent, delivery);
                setSacked(sent);
                sent = mergeSacked(sent);
            }
            found = sent;
            sent = sent.next;
        }
    }

    /** Blocks most often lie near the last one. */
    private @Nullable Sent firstEndingAfter(int number) {
        Sent sent = found == null ? head : found;
        while (sent != null && !Sequence.isAfter(sent.end, number)) {
            sent = sent.next;
        }
        Sent before = sent == null ? null : sent.previous;
        while (before != null && Sequence.isAfter(before.end, number)) {
            sent = before;
            before = sent.previous;
        }
        return sent;
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
            order.remove(sent);
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
            order.insertAfter(sent, second);
        }
        return second;
    }

    /** It will have to be sent again. */
    void markLost(Sent sent) {
        order.remove(sent);
        sent.isLost = true;
        Sent known = lostFrom;
        boolean isFirst = known != null && Sequence.isBefore(sent.start, known.start);
        lostFrom = lostBytes == 0 || isFirst ? sent : known;
        lostBytes += sent.length();
    }

    /** The first stretch that is lost; null when none is. */
    @Nullable Sent firstLost() {
        if (lostBytes == 0) {
            return null;
        }
        Sent sent = lostFrom == null ? head : lostFrom;
        while (sent != null && !sent.isLost) {
            sent = sent.next;
        }
        lostFrom = sent;
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
            order.remove(sent);
        }
        sent.isRetransmitted = true;
        sent.sentNs = nowNs;
        order.append(sent);
    }

    /** Nothing is lost after all: it is under way as before. */
    void forgetLosses() {
        List<Sent> lost = new ArrayList<>();
        for (Sent sent = head; sent != null; sent = sent.next) {
            if (sent.isLost) {
                sent.isLost = false;
                lostBytes -= sent.length();
                lost.add(sent);
            }
        }
        lost.sort((a, b) -> Long.signum(a.sentNs - b.sentNs));
        order.merge(lost);
    }

    /** The peer dropped what it had said to hold: whatever it said no longer counts. */
    void forgetSacks() {
        lostFrom = null;
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

    private void remove(Sent sent) {
        totalBytes -= sent.length();
        if (sent.isSacked) {
            sackedBytes -= sent.length();
        } else if (sent.isLost) {
            lostBytes -= sent.length();
        } else {
            order.remove(sent);
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
        lostFrom = sent == lostFrom ? after : lostFrom;
        found = sent == found ? before : found;
        stretches--;
        pool.release(sent);
    }
}
