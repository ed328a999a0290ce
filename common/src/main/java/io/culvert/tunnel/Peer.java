package io.culvert.tunnel;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PublicKey;
import io.culvert.noise.CookieGenerator;
import io.culvert.noise.Handshake;
import io.culvert.noise.InitiationSent;
import io.culvert.noise.RemoteIdentity;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import io.culvert.time.Tai64n;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One peer of the tunnel: what it is, and where its keys, timers and waiting packets stand.
 * Confined to the engine; what is public may be read on the loop that owns the engine.
 *
 * @param <E> what an endpoint is to the world around the engine
 */
public final class Peer<E> {
    private final PublicKey publicKey;
    private final Drops drops = new Drops();
    private final Endpoints<E> endpoints;
    private final ArrayDeque<byte[]> staged = new ArrayDeque<>();

    /** Replaced when our own key is. */
    private RemoteIdentity identity;

    final CookieGenerator cookies;
    final KeyPairs keys;
    final PeerTimers timers;

    private Handshake handshake = Handshake.IDLE;

    /** Null until the peer was heard, or told by configuration; and while it has no carrier. */
    private @Nullable E endpoint;

    /** The greatest timestamp of any initiation; null before the first. Survives sessions. */
    private @Nullable Tai64n lastTimestamp;

    // times of the last handshake messages, each null until there was one
    private @Nullable Long lastConsumedNs;
    private @Nullable Long lastSentNs;
    private @Nullable Long completedNs;

    /** The keys were renewed because of their age on receiving; once a session. */
    private boolean renewedOnReceive;

    /** Whoever still holds a removed peer can do nothing with it, least of all take an index. */
    private boolean removed;

    /** There is, was or will be a path to it. */
    private boolean reachable;

    private long rxBytes;
    private long txBytes;

    Peer(
            PeerConfig config,
            RemoteIdentity identity,
            Context<E> context,
            Consumer<Peer<E>> onTimer) {
        this.publicKey = config.publicKey();
        this.identity = identity;
        this.endpoints = context.endpoints;
        this.cookies = new CookieGenerator(identity);
        this.keys = new KeyPairs(context.indices);
        this.timers =
                new PeerTimers(
                        context.jitter,
                        config.persistentKeepaliveSeconds() * Timing.SECOND_NS,
                        context.timers.timer(() -> onTimer.accept(this)));
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    /** Seconds between persistent keepalives; 0 for none. */
    public int persistentKeepaliveSeconds() {
        return (int) (timers.persistentNs() / Timing.SECOND_NS);
    }

    /** The preshared key, borrowed; all zero for none. */
    public PresharedKey presharedKey() {
        return identity.presharedKey();
    }

    /** Where the peer is reached; null when nowhere. */
    public @Nullable E endpoint() {
        return endpoint;
    }

    /**
     * Whether packets for the peer may wait for a path to it: there is one, there was one, or one
     * is being made. Else nobody knows where it is.
     */
    public boolean isReachable() {
        return reachable;
    }

    /** When the last handshake completed, monotonic; null when never. */
    public @Nullable Long latestHandshakeNs() {
        return completedNs;
    }

    /** Bytes of authenticated datagrams received. */
    public long rxBytes() {
        return rxBytes;
    }

    /** Bytes of datagrams sent. */
    public long txBytes() {
        return txBytes;
    }

    /** What was dropped of this peer's. */
    public Drops drops() {
        return drops;
    }

    /** Packets that wait for a key. */
    public int stagedPackets() {
        return staged.size();
    }

    void endpoint(@Nullable E newEndpoint) {
        if (!Objects.equals(endpoint, newEndpoint)) {
            endpoints.move(this, endpoint, newEndpoint);
        }
        endpoint = newEndpoint;
        reachable |= newEndpoint != null;
    }

    void expectPath() {
        reachable = true;
    }

    RemoteIdentity identity() {
        return identity;
    }

    void identity(RemoteIdentity next) {
        identity.destroy();
        identity = next;
    }

    boolean isRemoved() {
        return removed;
    }

    /** The end of its life; its keys are gone already. */
    void remove() {
        removed = true;
        endpoint(null);
        timers.cancelAll();
        identity.destroy();
    }

    Handshake handshake() {
        return handshake;
    }

    /** Replaces the handshake in flight; the old one's index is freed, its secrets are zeroed. */
    void handshake(Handshake next, IndexTable<E> indices) {
        if (handshake instanceof InitiationSent sent) {
            indices.remove(sent.localIndex());
        }
        handshake.destroy();
        handshake = next;
    }

    /** Forgets a handshake whose index its session took over. */
    void handshakeBecameSession() {
        handshake.destroy();
        handshake = Handshake.IDLE;
    }

    /** Takes the timestamp if it is greater than any before, as replayed initiations' are not. */
    boolean acceptTimestamp(Tai64n timestamp) {
        if (lastTimestamp != null && timestamp.compareTo(lastTimestamp) <= 0) {
            return false;
        }
        lastTimestamp = timestamp;
        return true;
    }

    /** Whether the timestamp would be refused. */
    boolean isReplay(Tai64n timestamp) {
        return lastTimestamp != null && timestamp.compareTo(lastTimestamp) <= 0;
    }

    /** Whether an initiation was taken from this peer just now. */
    boolean isFlooding(long nowNs) {
        return lastConsumedNs != null && nowNs - lastConsumedNs < Timing.INITIATION_SPACING_NS;
    }

    void initiationConsumed(long nowNs) {
        lastConsumedNs = nowNs;
    }

    /** Whether a handshake message was sent less than REKEY-TIMEOUT ago. */
    boolean sentHandshakeLately(long nowNs) {
        return lastSentNs != null && nowNs - lastSentNs < Timing.REKEY_TIMEOUT_NS;
    }

    /** Whether a handshake was begun on the present path that may still be answered. */
    boolean awaitsResponse(long nowNs) {
        return handshake instanceof InitiationSent && sentHandshakeLately(nowNs);
    }

    /** When the next handshake may be begun. */
    long mayBeginNs(long nowNs) {
        return lastSentNs == null ? nowNs : lastSentNs + Timing.REKEY_TIMEOUT_NS;
    }

    void handshakeSent(long nowNs) {
        lastSentNs = nowNs;
    }

    /** What was sent is lost for sure, so the next handshake need not wait. */
    void forgetHandshakeSent() {
        lastSentNs = null;
    }

    void handshakeCompleted(long nowNs) {
        completedNs = nowNs;
        renewedOnReceive = false;
        timers.onHandshakeComplete();
    }

    /** True once a session. */
    boolean mayRenewOnReceive() {
        boolean may = !renewedOnReceive;
        renewedOnReceive = true;
        return may;
    }

    void countRx(int bytes) {
        rxBytes += bytes;
    }

    void countTx(int bytes) {
        txBytes += bytes;
    }

    /** Lets a copy of the packet wait for a key; the oldest gives way when too many wait. */
    void stage(byte[] array, int offset, int length) {
        if (staged.size() == Tuning.STAGED_PACKETS) {
            staged.removeFirst();
            drops.count(DropReason.STAGE_OVERFLOW);
        }
        staged.addLast(Arrays.copyOfRange(array, offset, offset + length));
    }

    byte @Nullable [] unstage() {
        return staged.pollFirst();
    }

    void dropStaged(DropReason reason) {
        while (staged.pollFirst() != null) {
            drops.count(reason);
        }
    }

    /** The first characters of the public key: enough to tell peers apart in a log. */
    @Override
    public String toString() {
        return publicKey().shortName();
    }
}
