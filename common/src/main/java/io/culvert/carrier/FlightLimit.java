package io.culvert.carrier;

import java.util.Arrays;

/**
 * How many bytes may be under way on one connection: written here and not yet known to be read
 * there. PING capsules among the data are its clock; whatever queues in between, in a kernel, a
 * proxy or a modem, counts, so that none of them fills. Sends nothing itself; confined to the
 * carrier.
 *
 * <p>As BBR estimates it (draft-ietf-ccwg-bbr): the path carries {@code rate × least round trip};
 * the rate is the largest of the last second (ten round trips, if that is longer) in which the
 * sender was held back, by a sample for each answered ping
 * (draft-cheng-iccrg-delivery-rate-estimation). What is allowed beyond:
 *
 * <ul>
 *   <li>{@value #MARGIN_NS} ns of queue, so that the path is never idle;
 *   <li>three times what a pause of the deliveries takes, as there lately were some: behind a lost
 *       segment TCP holds back all that came after it, and that is no queue; what is sent again may
 *       be lost too, and in what was held back may be another gap. At most three round trips and 18
 *       ms. A pause much shorter than a round trip, as of a busy processor, counts once.
 *   <li>while the rate still grows, twice of all; and a fifth more in one round of eight, as what
 *       TCP below believes the path to carry is what it was lately given.
 * </ul>
 *
 * <p>Each ten seconds under load half as much as the path carries is allowed, for a round: an empty
 * queue shows the least round trip anew.
 */
final class FlightLimit {
    /** Queue that is allowed in the path. */
    static final long MARGIN_NS = 5_000_000;

    /** What the path must always hold: some small messages. */
    static final long LEAST_BYTES = 16_384;

    /** What the path is given before its first answer; TCP's own start is slower. */
    private static final long UNKNOWN_BYTES = 262_144;

    /** Time that one message may take on the path. */
    private static final long MESSAGE_NS = 3_000_000;

    private static final int LEAST_MESSAGE_BYTES = 3_000;
    private static final int PAUSES = 3;
    private static final long MOST_PAUSE_NS = 6_000_000;

    /** A pause counts when there was one in so many stretches: that of BBR's own look is alone. */
    private static final int COMMON_PAUSES = 3;

    private static final long LEAST_RTT_LIFE_NS = 10_000_000_000L;

    /** Time on the path between two pings: as fine is what is let go after an answer. */
    private static final long PING_NS = 2_000_000;

    private static final long LEAST_PING_BYTES = 4_096;
    private static final long MOST_PING_BYTES = 262_144;

    /** Growth that is one, and rounds without that end the start (draft-ietf-ccwg-bbr 5.3.1.2). */
    private static final double GROWTH = 1.25;

    private static final int ROUNDS_WITHOUT_GROWTH = 3;

    /** Longer round trips than the least, by an eighth within these bounds, end the start too. */
    private static final long LEAST_QUEUE_NS = 2_500_000;

    private static final long MOST_QUEUE_NS = 16_000_000;
    private static final int ROUNDS_TOO_SMALL = 2;

    /** One round of these, if it is held back, is given more: the path may have become faster. */
    private static final int CYCLE_ROUNDS = 8;

    private static final double PROBE_GAIN = 1.2;
    private static final long LEAST_STRETCH_NS = 100_000_000;

    /** More pings than this are not remembered: a power of two. */
    private static final int PINGS = 256;

    /** Room for so many at first: a power of two. A tunnel that says little needs none. */
    private static final int FIRST_PINGS = 4;

    private static final double NS = 1e9;
    private static final Ping[] NO_PINGS = {};

    /** What was true when a ping was sent. */
    private static final class Ping {
        long sequence;
        long sentNs;
        long sent; // bytes, up to and with the ping
        long delivered; // bytes that were known to be read then
        long deliveredNs; // since when
        long firstSentNs; // when the newest of those had been sent
        boolean isAlone; // whether hardly anything else was under way
        boolean isHeldBack; // whether what was under way then was as much as allowed
    }

    /** A ring whose length is a power of two, or 0; grows by need. */
    private Ping[] pings = NO_PINGS;

    private int firstPing;
    private int nextPing;

    /** Whether there was a ping since the last trim. */
    private boolean isUsed;

    private long sent;
    private long pinged; // sent, as of the newest ping
    private long delivered;
    private long deliveredNs;
    private long firstSentNs;
    private long heldBackAt; // what was sent when there last was more to send than allowed

    private final RecentMax rates = new RecentMax(); // bytes a second
    private final RecentMax pauses = new RecentMax(); // ns
    private long sampledNs; // when the newest rate was taken
    private long roundEnds; // when that much was delivered
    private double rate;
    private long pauseNs;
    private long roundRttNs = Long.MAX_VALUE; // the least of the round
    private long roundMostRttNs; // the largest of the round
    private double rateBefore; // when growth was last seen
    private int withoutGrowth;
    private int roundsTooSmall;
    private int heldRounds = 1;
    private boolean isStarting = true;

    private long leastRttNs = Long.MAX_VALUE;
    private long leastRttAtNs;
    private boolean isProbing;
    private long probeSequence; // of the first ping in an empty path; 0 before it
    private long probedRttNs;

    private final boolean isMeasured;
    private long limit;
    private int messageBytes = Integer.MAX_VALUE;

    private FlightLimit(boolean isMeasured) {
        this.isMeasured = isMeasured;
        this.limit = isMeasured ? UNKNOWN_BYTES : Long.MAX_VALUE;
    }

    /** A limit that is found by measuring. */
    static FlightLimit measured() {
        return new FlightLimit(true);
    }

    /** No limit, and no pings: for bare mode, where a hop in between may answer them. */
    static FlightLimit none() {
        return new FlightLimit(false);
    }

    /** Bytes were taken that will be written. */
    void onSent(int bytes) {
        sent += bytes;
    }

    /**
     * Whether a ping is due behind what was written; to be asked after each flush and after each
     * answer, as no more may be sent, and nothing else would be answered, where the limit fell.
     */
    boolean wantsPing() {
        long each = Math.clamp((long) (rate * PING_NS / NS), LEAST_PING_BYTES, MOST_PING_BYTES);
        boolean isDue = sent - pinged >= each || (isFull() && sent > pinged);
        return isMeasured && isDue && nextPing - firstPing < PINGS;
    }

    /** A ping was written. */
    void onPing(long sequence, long nowNs) {
        if (nextPing == firstPing) { // nothing was under way: time without data is no one's fault
            deliveredNs = nowNs;
            firstSentNs = nowNs;
        }
        if (nextPing - firstPing == pings.length) {
            grow();
        }
        Ping ping = pings[nextPing & (pings.length - 1)];
        nextPing++;
        isUsed = true;
        ping.sequence = sequence;
        ping.sentNs = nowNs;
        ping.sent = sent;
        ping.delivered = delivered;
        ping.deliveredNs = deliveredNs;
        ping.firstSentNs = firstSentNs;
        ping.isHeldBack = heldBackAt > delivered;
        ping.isAlone = sent - delivered <= LEAST_PING_BYTES;
        pinged = sent;
        if (isProbing && probeSequence == 0 && sent - delivered <= limit + LEAST_PING_BYTES) {
            probeSequence = sequence;
        }
    }

    /** Those under way keep their order. */
    private void grow() {
        Ping[] more = new Ping[Math.max(FIRST_PINGS, 2 * pings.length)];
        Arrays.setAll(more, _ -> new Ping());
        for (int i = firstPing; i != nextPing; i++) {
            more[i & (more.length - 1)] = pings[i & (pings.length - 1)];
        }
        pings = more;
    }

    /** Now and then: gives back the room for pings where there was none for a while. */
    void trim() {
        if (!isUsed && nextPing == firstPing) {
            pings = NO_PINGS;
        }
        isUsed = false;
    }

    /** Pings that there is room for. */
    int capacity() {
        return pings.length;
    }

    /** All up to the ping of that sequence was read. */
    void onPong(long sequence, long nowNs) {
        Ping ping = null;
        while (firstPing != nextPing
                && pings[firstPing & (pings.length - 1)].sequence <= sequence) {
            ping = pings[firstPing & (pings.length - 1)];
            firstPing++;
        }
        if (ping == null) {
            return; // not of ours, or a second time
        }
        samplePause(ping, nowNs);
        delivered = ping.sent;
        deliveredNs = nowNs;
        firstSentNs = ping.sentNs;
        boolean isNewRound = ping.delivered >= roundEnds;
        if (isNewRound) {
            roundEnds = delivered;
            judgeRound(ping);
            roundRttNs = Long.MAX_VALUE;
            roundMostRttNs = 0;
        }
        roundRttNs = Math.min(roundRttNs, nowNs - ping.sentNs);
        roundMostRttNs = Math.max(roundMostRttNs, nowNs - ping.sentNs);
        sampleRate(ping, isNewRound, nowNs);
        sampleRtt(ping, nowNs);
        setLimit();
    }

    private void sampleRate(Ping ping, boolean isNewRound, long nowNs) {
        long elapsedNs = Math.max(nowNs - ping.deliveredNs, ping.sentNs - ping.firstSentNs);
        double sample = (delivered - ping.delivered) * NS / Math.max(1, elapsedNs);
        if (!ping.isHeldBack && sample <= rate) {
            return; // there was not more to send: it says nothing of the path
        }
        // only time in which the path was used makes old what was seen before
        rates.advance(nowNs - Math.max(sampledNs, ping.deliveredNs), stretchNs());
        sampledNs = nowNs;
        rates.add(sample);
        rate = rates.max();
        if (isStarting && isNewRound && ping.isHeldBack) {
            checkGrowth();
        }
    }

    /**
     * Where all of the last round has waited in the path, and we fill it, the start is over (RFC
     * 9406 §4.2). Where we are held back and nothing of it has waited, the path has become faster.
     */
    private void judgeRound(Ping ping) {
        if (leastRttNs == Long.MAX_VALUE || roundRttNs == Long.MAX_VALUE || isProbing) {
            return;
        }
        boolean isFilling = ping.sent - ping.delivered > Math.max(limit / 4, 2 * LEAST_BYTES);
        if (isStarting) {
            long mostNs = Math.clamp(leastRttNs / 8, LEAST_QUEUE_NS, MOST_QUEUE_NS);
            isStarting = !isFilling || roundRttNs - leastRttNs <= mostNs;
        } else {
            heldRounds += ping.isHeldBack || heldRounds % CYCLE_ROUNDS == 0 ? 1 : 0;
            roundsTooSmall =
                    ping.isHeldBack && roundMostRttNs - leastRttNs < LEAST_QUEUE_NS
                            ? roundsTooSmall + 1
                            : 0;
            isStarting = roundsTooSmall >= ROUNDS_TOO_SMALL;
            if (isStarting) {
                roundsTooSmall = 0;
                rateBefore = rate;
                withoutGrowth = 0;
            }
        }
    }

    private long stretchNs() {
        return leastRttNs == Long.MAX_VALUE
                ? LEAST_STRETCH_NS
                : Math.max(leastRttNs, LEAST_STRETCH_NS);
    }

    private void checkGrowth() {
        if (rate >= rateBefore * GROWTH) {
            rateBefore = rate;
            withoutGrowth = 0;
        } else {
            withoutGrowth++;
            isStarting = withoutGrowth < ROUNDS_WITHOUT_GROWTH;
        }
    }

    private void sampleRtt(Ping ping, long nowNs) {
        long rttNs = Math.max(1, nowNs - ping.sentNs);
        boolean isOld = nowNs - leastRttAtNs > LEAST_RTT_LIFE_NS;
        if (rttNs <= leastRttNs || (isOld && ping.isAlone)) {
            leastRttNs = rttNs;
            leastRttAtNs = nowNs;
            isProbing = false;
        } else if (isProbing) {
            probedRttNs = Math.min(probedRttNs, rttNs);
            if (probeSequence != 0 && ping.sequence >= probeSequence) {
                leastRttNs = probedRttNs;
                leastRttAtNs = nowNs;
                isProbing = false;
                roundsTooSmall = -ROUNDS_TOO_SMALL; // the path is still being filled
            }
        } else if (isOld) {
            isProbing = true;
            probeSequence = 0;
            probedRttNs = rttNs;
        }
    }

    /** How long nothing came although the path could have brought it. */
    private void samplePause(Ping ping, long nowNs) {
        if (rate > 0) {
            long sendingNs = ping.sentNs - firstSentNs;
            long carryingNs = (long) ((ping.sent - delivered) / rate * NS);
            pauses.advance(nowNs - deliveredNs, stretchNs());
            if (sent - delivered >= rate * leastRttNs / NS / 2) {
                long lateNs = nowNs - deliveredNs - Math.max(sendingNs, carryingNs);
                pauses.add((double) lateNs);
            }
            pauseNs = (long) pauses.common(COMMON_PAUSES);
        }
    }

    private void setLimit() {
        double path = rate * leastRttNs / NS;
        double allowed;
        if (isProbing) {
            allowed = path / 2;
        } else {
            allowed = path + rate * (MARGIN_NS + pausesNs()) / NS;
            allowed *= gain();
        }
        limit = Math.max((long) allowed, isProbing ? LEAST_PING_BYTES : LEAST_BYTES);
        messageBytes = Math.max((int) (rate * MESSAGE_NS / NS), LEAST_MESSAGE_BYTES);
    }

    private long pausesNs() {
        int times = pauseNs >= leastRttNs / 2 ? PAUSES : 1;
        return times * Math.min(pauseNs, leastRttNs + MOST_PAUSE_NS);
    }

    private double gain() {
        if (isStarting) {
            return 2;
        }
        return heldRounds % CYCLE_ROUNDS == 0 ? PROBE_GAIN : 1;
    }

    /** Whether as much is under way as may be. */
    boolean isFull() {
        return sent - delivered >= limit;
    }

    /** No more can be taken now, by this limit or by the stream. */
    void onHeldBack() {
        heldBackAt = sent;
    }

    /** The longest message that does not keep others waiting; all where nothing is known yet. */
    int messageBytes() {
        return messageBytes;
    }

    /** The path's round trip without its queues, but with its pauses; 0 before it is known. */
    long roundTripNs() {
        return leastRttNs == Long.MAX_VALUE ? 0 : leastRttNs + pausesNs();
    }

    /** The rate at which the path delivers, in bytes a second; 0 before it is known. */
    long rateBytesPerSecond() {
        return (long) rate;
    }

    /** The most that may be under way. */
    long limitBytes() {
        return limit;
    }
}
