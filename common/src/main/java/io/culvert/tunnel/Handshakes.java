package io.culvert.tunnel;

import io.culvert.crypto.Aeads;
import io.culvert.noise.InitiationReceived;
import io.culvert.noise.InitiationSent;
import io.culvert.noise.TransportKeys;
import io.culvert.session.Session;
import io.culvert.session.Session.Indices;
import io.culvert.stats.DropReason;
import io.culvert.time.Tai64n;
import io.culvert.tunnel.Examinations.Arrival;
import io.culvert.tunnel.Examinations.Claim;
import io.culvert.wire.CookieReply;
import io.culvert.wire.Initiation;
import io.culvert.wire.Response;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes of all peers: begins them, answers them, completes them (paper §5.4.2–§5.4.7).
 * Confined to the engine.
 *
 * <p>What comes in passes, in this order, so that the cheapest check is first and nothing is
 * changed before the sender has proved its key:
 *
 * <ol>
 *   <li>mac1: the sender knows our public key
 *   <li>a response: whether it answers a handshake of ours
 *   <li>under load mac2: the sender's address is its own; then the limiter ({@link Gate})
 *   <li>an initiation: decryption of the static key, by an {@link Examination} that runs elsewhere;
 *       {@link #collect} goes on with it
 *   <li>peer look-up, decryption of the timestamp
 *   <li>replay and flood checks
 *   <li>only now the peer's state
 * </ol>
 */
final class Handshakes<E> {
    private final Context<E> context;
    private final Keepalives<E> keepalives;
    private final Gate<E> gate;
    private final Examinations<E> examinations;

    Handshakes(Context<E> context, Keepalives<E> keepalives) {
        this.context = context;
        this.keepalives = keepalives;
        this.gate = new Gate<>(context);
        this.examinations = new Examinations<>(context, context.worker);
    }

    /** The context's identity is another one now. */
    void onIdentity() {
        gate.onIdentity();
    }

    /**
     * Begins a handshake, unless one was begun or answered less than REKEY-TIMEOUT ago, or the peer
     * is reached nowhere: then the path that comes up begins it.
     */
    void initiate(Peer<E> peer, boolean isRetry, long nowNs) {
        if (peer.isRemoved()) {
            return;
        }
        E endpoint = peer.endpoint();
        if (endpoint == null || peer.sentHandshakeLately(nowNs) || !peer.identity().isUsable()) {
            if (isRetry) {
                long allowedNs = peer.mayBeginNs(nowNs);
                peer.timers.onRetryTooEarly(
                        endpoint == null ? nowNs + Timing.REKEY_TIMEOUT_NS : allowedNs);
            }
            return;
        }
        if (!isRetry) {
            peer.timers.onFreshHandshake();
        }
        peer.handshakeSent(nowNs);
        byte[] message = new byte[Initiation.LENGTH];
        int index = context.indices.freshIndex();
        InitiationSent sent =
                InitiationSent.begin(
                        context.local,
                        peer.identity(),
                        new InitiationSent.Start(index, context.timestamps.next()),
                        context.random,
                        message);
        if (sent == null) {
            return;
        }
        peer.handshake(sent, context.indices);
        context.indices.put(index, new IndexTable.Entry<>(peer, null));
        peer.cookies.addMacs(message, message.length, nowNs);
        peer.timers.onAuthenticatedSent(nowNs);
        peer.timers.onInitiationSent(nowNs);
        send(peer, endpoint, message);
    }

    /** Takes an initiation: the responder's part begins. */
    void onInitiation(byte[] array, int offset, E from, long nowNs) {
        Arrival<E> arrival = new Arrival<>(from, nowNs);
        if (gate.knowsUs(array, offset, Initiation.LENGTH)
                && gate.admits(array, offset, Initiation.LENGTH, arrival)
                && examinations.begin(array, offset, arrival)) {
            collect(nowNs);
        }
    }

    /**
     * Goes on with initiations whose examination is done.
     *
     * @return whether there may be more, which are left so that other work has its turn
     */
    boolean collect(long nowNs) {
        for (int i = 0; i < Tuning.COLLECTED_AT_ONCE; i++) {
            Claim<E> claim = examinations.next();
            if (claim == null) {
                return false;
            }
            onClaim(claim, nowNs);
        }
        return true;
    }

    private void onClaim(Claim<E> claim, long nowNs) {
        InitiationReceived received = claim.received();
        Peer<E> peer = context.peers.get(received.claimedStatic());
        DropReason refusal =
                peer == null
                        ? DropReason.UNKNOWN_PEER
                        : admit(peer, received, claim.arrival().atNs());
        if (peer == null || refusal != null) {
            received.destroy();
            context.drops.count(refusal == null ? DropReason.UNKNOWN_PEER : refusal);
            return;
        }
        peer.countRx(Initiation.LENGTH);
        roam(peer, claim.arrival().from());
        peer.timers.onAuthenticatedReceived(nowNs);
        respond(peer, received, nowNs);
    }

    /** Null when the initiation is admitted; then the peer's state has taken note of it. */
    private @Nullable DropReason admit(Peer<E> peer, InitiationReceived received, long nowNs) {
        Tai64n timestamp = received.authenticate(peer.identity());
        if (timestamp == null) {
            return DropReason.BAD_HANDSHAKE;
        }
        if (peer.isReplay(timestamp)) {
            return DropReason.REPLAYED_HANDSHAKE;
        }
        if (peer.isFlooding(nowNs)) {
            return DropReason.HANDSHAKE_FLOOD;
        }
        peer.acceptTimestamp(timestamp);
        peer.initiationConsumed(nowNs);
        return null;
    }

    private void respond(Peer<E> peer, InitiationReceived received, long nowNs) {
        byte[] message = new byte[Response.LENGTH];
        int index = context.indices.freshIndex();
        // One of our own in flight goes on: where both ends call at once, both handshakes complete.
        TransportKeys keys = received.respond(peer.identity(), index, context.random, message);
        if (keys == null) {
            context.drops.count(DropReason.BAD_HANDSHAKE);
            return;
        }
        Session session = session(keys, new Indices(index, received.remoteIndex()), false, nowNs);
        peer.keys.addAsResponder(session);
        context.indices.put(index, new IndexTable.Entry<>(peer, session));
        peer.handshakeSent(nowNs);
        peer.cookies.addMacs(message, message.length, nowNs);
        peer.timers.onSessionDerived(nowNs);
        peer.timers.onAuthenticatedSent(nowNs);
        E endpoint = peer.endpoint();
        if (endpoint != null) {
            send(peer, endpoint, message);
        }
    }

    /** Takes a response: the initiator's part. */
    void onResponse(byte[] array, int offset, E from, long nowNs) {
        if (!gate.knowsUs(array, offset, Response.LENGTH)) {
            return;
        }
        int index = Response.receiver(array, offset);
        IndexTable.Entry<E> entry = context.indices.get(index);
        if (entry == null
                || !(entry.peer().handshake() instanceof InitiationSent sent)
                || sent.localIndex() != index) {
            context.drops.count(DropReason.UNKNOWN_INDEX);
            return;
        }
        if (!gate.admits(array, offset, Response.LENGTH, new Arrival<>(from, nowNs))) {
            return;
        }
        Peer<E> peer = entry.peer();
        TransportKeys keys = sent.consumeResponse(context.local, peer.identity(), array, offset);
        if (keys == null) {
            context.drops.count(DropReason.BAD_HANDSHAKE);
            return;
        }
        Session session =
                session(keys, new Indices(index, Response.sender(array, offset)), true, nowNs);
        peer.handshakeBecameSession();
        peer.keys.addAsInitiator(session);
        context.indices.put(index, new IndexTable.Entry<>(peer, session));
        peer.countRx(Response.LENGTH);
        roam(peer, from);
        peer.timers.onAuthenticatedReceived(nowNs);
        peer.timers.onSessionDerived(nowNs);
        complete(peer, nowNs);
        keepalives.confirm(peer, nowNs);
    }

    /** Takes a cookie reply. It moves no endpoint: anybody who saw our message could make one. */
    void onCookieReply(byte[] array, int offset, long nowNs) {
        IndexTable.Entry<E> entry = context.indices.get(CookieReply.receiver(array, offset));
        if (entry == null) {
            context.drops.count(DropReason.UNKNOWN_INDEX);
        } else if (!entry.peer().cookies.consumeReply(array, offset, nowNs)) {
            context.drops.count(DropReason.BAD_COOKIE_REPLY);
        }
    }

    /** Both ends hold the keys. */
    void complete(Peer<E> peer, long nowNs) {
        peer.handshakeCompleted(nowNs);
        context.effects.on(new TunnelEvent.HandshakeCompleted<>(peer));
    }

    /** Answers go where an authenticated message came from. */
    @SuppressWarnings("ReferenceEquality") // equal ones lead to the same remote, by another way
    void roam(Peer<E> peer, E from) {
        if (!from.equals(peer.endpoint())) {
            peer.endpoint(from);
            context.effects.on(new TunnelEvent.Roamed<>(peer, from));
        } else if (from != peer.endpoint()) {
            peer.endpoint(from); // the same remote, reached from another of our addresses
        }
    }

    /** The path is gone: what came by it is not answered. */
    void disconnect(E endpoint) {
        examinations.disconnect(endpoint);
    }

    int limitedSources() {
        return gate.limitedSources();
    }

    int examinations() {
        return examinations.size();
    }

    private Session session(TransportKeys keys, Indices indices, boolean initiator, long nowNs) {
        try {
            return new Session(
                    indices,
                    initiator,
                    nowNs,
                    Aeads.chacha20Poly1305(keys.sending()),
                    Aeads.chacha20Poly1305(keys.receiving()));
        } finally {
            keys.destroy();
        }
    }

    private void send(Peer<E> peer, E endpoint, byte[] message) {
        peer.countTx(message.length);
        int trafficClass = Tuning.HANDSHAKE_TRAFFIC_CLASS;
        context.effects.send(endpoint, message, 0, message.length, trafficClass);
    }
}
