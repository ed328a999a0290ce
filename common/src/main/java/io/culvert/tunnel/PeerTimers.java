package io.culvert.tunnel;

import io.culvert.time.Deadline;
import java.util.random.RandomGenerator;

/**
 * The five timers of one peer and the flags between them (paper §6). Each method is one event of
 * the protocol; the engine acts when a timer fires. Confined to the engine.
 *
 * <table>
 * <caption>Events and effects</caption>
 * <tr><td>data sent</td><td>arm newHandshake, unless armed</td></tr>
 * <tr><td>data received</td><td>arm sendKeepalive; if armed, remember to send another</td></tr>
 * <tr><td>anything authenticated sent</td><td>cancel sendKeepalive</td></tr>
 * <tr><td>anything authenticated received</td><td>cancel newHandshake</td></tr>
 * <tr><td>either</td><td>re-arm persistentKeepalive</td></tr>
 * <tr><td>initiation sent</td><td>arm retransmit</td></tr>
 * <tr><td>handshake complete</td><td>cancel retransmit</td></tr>
 * <tr><td>session derived</td><td>arm zeroKeys</td></tr>
 * </table>
 */
final class PeerTimers {
    final Deadline retransmit = new Deadline();
    final Deadline newHandshake = new Deadline();
    final Deadline sendKeepalive = new Deadline();
    final Deadline persistentKeepalive = new Deadline();
    final Deadline zeroKeys = new Deadline();

    private final RandomGenerator random;
    private final long persistentNs;
    private boolean needsAnotherKeepalive;
    private int attempts;

    /**
     * @param persistentNs interval of the persistent keepalive; 0 turns it off
     */
    PeerTimers(RandomGenerator random, long persistentNs) {
        this.random = random;
        this.persistentNs = persistentNs;
    }

    void onDataSent(long nowNs) {
        if (!newHandshake.isSet()) { // the jitter costs a random number: not for every packet
            newHandshake.set(nowNs + Timing.NEW_HANDSHAKE_NS + jitterNs());
        }
    }

    void onDataReceived(long nowNs) {
        if (sendKeepalive.isSet()) {
            needsAnotherKeepalive = true;
        } else {
            sendKeepalive.set(nowNs + Timing.KEEPALIVE_TIMEOUT_NS);
        }
    }

    void onAuthenticatedSent(long nowNs) {
        sendKeepalive.clear();
        onTraversal(nowNs);
    }

    void onAuthenticatedReceived(long nowNs) {
        newHandshake.clear();
        onTraversal(nowNs);
    }

    void onInitiationSent(long nowNs) {
        retransmit.set(nowNs + Timing.REKEY_TIMEOUT_NS + jitterNs());
    }

    /**
     * A response was sent less than REKEY-TIMEOUT ago, which may have got lost or crossed an
     * initiation of ours: the retransmission is put off, not forgotten, or two ends that called at
     * the same moment would both wait for ever.
     */
    void onRetryTooEarly(long nowNs) {
        onInitiationSent(nowNs);
    }

    void onHandshakeComplete() {
        retransmit.clear();
        attempts = 0;
    }

    void onSessionDerived(long nowNs) {
        zeroKeys.set(nowNs + Timing.ZERO_KEYS_NS);
    }

    /** The passive keepalive went out; true is told once for data that came meanwhile. */
    void onKeepaliveFired(long nowNs) {
        if (needsAnotherKeepalive) {
            needsAnotherKeepalive = false;
            sendKeepalive.set(nowNs + Timing.KEEPALIVE_TIMEOUT_NS);
        }
    }

    /** Goes on also where a handshake was begun too lately for anything to be sent. */
    void onPersistentFired(long nowNs) {
        if (!persistentKeepalive.isSet()) {
            onTraversal(nowNs);
        }
    }

    /** A handshake that is not a retransmission starts counting anew. */
    void onFreshHandshake() {
        attempts = 0;
    }

    /** Counts a retransmission; false when there were too many and it is time to give up. */
    boolean mayRetransmit() {
        if (attempts > Timing.MAX_HANDSHAKE_ATTEMPTS) {
            return false;
        }
        attempts++;
        return true;
    }

    void onGaveUp(long nowNs) {
        sendKeepalive.clear();
        zeroKeys.setIfUnset(nowNs + Timing.ZERO_KEYS_NS);
    }

    /** Nanoseconds until the earliest of all timers; {@code limitNs} when none is as early. */
    long remainingNs(long nowNs, long limitNs) {
        long remainingNs = retransmit.remainingNs(nowNs, limitNs);
        remainingNs = newHandshake.remainingNs(nowNs, remainingNs);
        remainingNs = sendKeepalive.remainingNs(nowNs, remainingNs);
        remainingNs = persistentKeepalive.remainingNs(nowNs, remainingNs);
        return zeroKeys.remainingNs(nowNs, remainingNs);
    }

    void cancelAll() {
        retransmit.clear();
        newHandshake.clear();
        sendKeepalive.clear();
        persistentKeepalive.clear();
        zeroKeys.clear();
    }

    private void onTraversal(long nowNs) {
        if (persistentNs > 0) {
            persistentKeepalive.set(nowNs + persistentNs);
        }
    }

    private int jitterNs() {
        return random.nextInt(Timing.JITTER_NS + 1);
    }
}
