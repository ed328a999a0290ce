package io.culvert.carrier;

import java.util.random.RandomGenerator;

/**
 * Asks and answers pings of both kinds, WebSocket's and {@code culvert.1}'s, and measures the round
 * trip by them. Confined to the carrier.
 */
final class Heartbeat {
    private final Controls controls;
    private final Liveness liveness;
    private final FlightLimit flight;
    private final boolean isBare;

    private long sequence; // the newest ping's, of any purpose
    private long asked; // the newest ping's that liveness waits for
    private long rttNs; // 0 until the first answer
    private boolean answeredWhileFull;

    Heartbeat(Controls controls, RandomGenerator random, FlightLimit flight, boolean isBare) {
        this.controls = controls;
        this.liveness = new Liveness(random);
        this.flight = flight;
        this.isBare = isBare;
    }

    void start(long nowNs) {
        liveness.start(nowNs);
    }

    /** Bytes were read. */
    void onReceived(long nowNs) {
        liveness.onReceived(nowNs);
    }

    /** Datagrams were written. */
    void onSent() {
        liveness.onSent();
    }

    /** Pings if it is time; false when the connection is dead. */
    boolean check(long nowNs) {
        switch (liveness.check(nowNs)) {
            case FINE -> {}
            case PING_IDLE -> controls.ping(nextSequence());
            case PING_UNDER_TRAFFIC -> pingUnderTraffic();
            case DEAD -> {
                return false;
            }
        }
        return true;
    }

    /** Pings now, unless a ping whose answer is wanted soon is under way. */
    void probe(long nowNs) {
        if (liveness.probe(nowNs)) {
            pingUnderTraffic();
        }
    }

    /** How long after the check at {@code nowNs} the next is due. */
    long delayNs(long nowNs) {
        return liveness.delayNs(nowNs);
    }

    /**
     * The sequence of a PING capsule that is to go out at once, to know how much is under way; 0 if
     * none is.
     */
    long measure(long nowNs) {
        if (!flight.wantsPing()) {
            return 0;
        }
        sequence++;
        flight.onPing(sequence, nowNs);
        return sequence;
    }

    /** The other side wants a WebSocket ping's payload back. */
    void onPing(byte[] payload, int length) {
        controls.owePong(payload, length);
    }

    /** The other side wants a PING capsule's sequence back. */
    void onPing(long asked) {
        controls.owePongCapsule(asked);
    }

    /** A WebSocket ping was answered, maybe by a hop in between. */
    void onPong(long answered, long nowNs) {
        if (answered == asked && liveness.isOutstanding()) {
            liveness.onAnswered();
            long sampleNs = Math.max(1, nowNs - liveness.pingedNs());
            rttNs = rttNs == 0 ? sampleNs : rttNs + (sampleNs - rttNs) / 8;
        }
    }

    /** The other side answered a PING capsule, the newest that it had read. */
    void onPongCapsule(long answered, long nowNs) {
        if (answered < 0 || answered > sequence) {
            return;
        }
        flight.onPong(answered, nowNs);
        onPong(Math.min(answered, asked), nowNs);
    }

    /** Answers pings; while the stream is full only once, so that a flood makes nothing grow. */
    void answer(boolean full) {
        if (controls.owesAnswers() && !(full && answeredWhileFull)) {
            answeredWhileFull = full;
            controls.answer();
        }
    }

    long rttNs() {
        return rttNs;
    }

    /** A PING capsule proves what the peer has read; a hop between may answer the other kind. */
    private void pingUnderTraffic() {
        if (isBare) {
            controls.ping(nextSequence());
        } else {
            controls.pingCapsule(nextSequence());
        }
    }

    private long nextSequence() {
        sequence++;
        asked = sequence;
        return sequence;
    }
}
