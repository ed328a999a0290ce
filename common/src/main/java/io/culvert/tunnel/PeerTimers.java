package io.culvert.tunnel;

import io.culvert.time.Deadline;
import io.culvert.time.DeadlineHeap;
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

    /** Beyond the longest persistent keepalive, 65535 s. */
    private static final long FAR_NS = 100_000 * Timing.SECOND_NS;

    private final RandomGenerator random;
    private long persistentNs;

    /** Fires when the earliest of the five is due, or before: a deadline put off leaves it. */
    private final DeadlineHeap.Timer wake;

    private boolean needsAnotherKeepalive;
    private int attempts;

    /**
     * @param persistentNs interval of the persistent keepalive; 0 turns it off
     */
    PeerTimers(RandomGenerator random, long persistentNs, DeadlineHeap.Timer wake) {
        this.random = random;
        this.persistentNs = persistentNs;
        this.wake = wake;
    }

    /** Another interval of the persistent keepalive, from now on; 0 turns it off. */
    void persistentNs(long intervalNs, long nowNs) {
        persistentNs = intervalNs;
        persistentKeepalive.clear();
        onTraversal(nowNs);
    }

    long persistentNs() {
        return persistentNs;
    }

    void onDataSent(long nowNs) {
        if (!newHandshake.isSet()) { // the jitter costs a random number: not for every packet
            set(newHandshake, nowNs + Timing.NEW_HANDSHAKE_NS + jitterNs());
        }
    }

    void onDataReceived(long nowNs) {
        if (sendKeepalive.isSet()) {
            needsAnotherKeepalive = true;
        } else {
            set(sendKeepalive, nowNs + Timing.KEEPALIVE_TIMEOUT_NS);
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
        set(retransmit, nowNs + Timing.REKEY_TIMEOUT_NS + jitterNs());
    }

    /**
     * A response was sent less than REKEY-TIMEOUT ago, which may have got lost: the retransmission
     * is put off until it is allowed, not forgotten.
     */
    void onRetryTooEarly(long allowedNs) {
        set(retransmit, allowedNs + jitterNs());
    }

    void onHandshakeComplete() {
        retransmit.clear();
        attempts = 0;
    }

    void onSessionDerived(long nowNs) {
        set(zeroKeys, nowNs + Timing.ZERO_KEYS_NS);
    }

    /** The passive keepalive went out; true is told once for data that came meanwhile. */
    void onKeepaliveFired(long nowNs) {
        if (needsAnotherKeepalive) {
            needsAnotherKeepalive = false;
            set(sendKeepalive, nowNs + Timing.KEEPALIVE_TIMEOUT_NS);
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
        if (!zeroKeys.isSet()) {
            set(zeroKeys, nowNs + Timing.ZERO_KEYS_NS);
        }
    }

    private void set(Deadline deadline, long momentNs) {
        deadline.set(momentNs);
        if (!wake.firesBy(momentNs)) {
            wake.armAt(momentNs);
        }
    }

    /** After the timers that were due have fired: waits for the next. */
    void awaitNext(long nowNs) {
        long remainingNs = retransmit.remainingNs(nowNs, FAR_NS);
        remainingNs = newHandshake.remainingNs(nowNs, remainingNs);
        remainingNs = sendKeepalive.remainingNs(nowNs, remainingNs);
        remainingNs = persistentKeepalive.remainingNs(nowNs, remainingNs);
        remainingNs = zeroKeys.remainingNs(nowNs, remainingNs);
        if (remainingNs < FAR_NS) {
            wake.armAt(nowNs + remainingNs);
        }
    }

    void cancelAll() {
        wake.cancel();
        retransmit.clear();
        newHandshake.clear();
        sendKeepalive.clear();
        persistentKeepalive.clear();
        zeroKeys.clear();
    }

    private void onTraversal(long nowNs) {
        if (persistentNs > 0) {
            set(persistentKeepalive, nowNs + persistentNs);
        }
    }

    private int jitterNs() {
        return random.nextInt(Timing.JITTER_NS + 1);
    }
}
