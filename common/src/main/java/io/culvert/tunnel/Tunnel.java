package io.culvert.tunnel;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import io.culvert.noise.Handshake;
import io.culvert.noise.InitiationSent;
import io.culvert.noise.LocalIdentity;
import io.culvert.noise.RemoteIdentity;
import io.culvert.session.Session;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import io.culvert.wire.MessageType;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The WireGuard engine, sans I/O: one interface with its peers. Confined to one thread.
 *
 * <p>Outbound: {@link #peerFor} tells whose a packet is, {@link #seal} makes a datagram of it.
 * Inbound: {@link #receive} opens a datagram. Time: {@link #tick} when {@link #nextDeadlineNs} has
 * come. Everything else it does through {@link TunnelEffects}.
 *
 * @param <E> what an endpoint is to the world around: equal ones lead to the same remote
 */
public final class Tunnel<E> {
    private static final long FAR_NS = 3600 * Timing.SECOND_NS;

    private final Context<E> context;
    private final DataPath<E> data;

    /** The moment of the tick that is under way. */
    private long tickNs;

    public Tunnel(TunnelSetup<E> setup) {
        this.context = new Context<>(setup);
        this.data = new DataPath<>(context);
    }

    public PublicKey publicKey() {
        return context.local.publicKey();
    }

    /** Drops that belong to no peer. */
    public Drops drops() {
        return context.drops;
    }

    public Collection<Peer<E>> peers() {
        return Collections.unmodifiableCollection(context.peers.values());
    }

    public @Nullable Peer<E> peer(PublicKey publicKey) {
        return context.peers.get(publicKey);
    }

    /** The prefixes that lead to the peer now; a later peer may have taken some away. */
    public List<IpPrefix> allowedIps(Peer<E> peer) {
        return context.routes.prefixesOf(peer);
    }

    /**
     * Adds a peer, or replaces the one with the same key. Allowed IPs that another peer had become
     * this one's. Our own public key is ignored.
     *
     * @return null for our own public key
     */
    public @Nullable Peer<E> addPeer(PeerConfig config) {
        if (config.publicKey().equals(publicKey())) {
            return null;
        }
        removePeer(config.publicKey());
        RemoteIdentity identity =
                new RemoteIdentity(context.local, config.publicKey(), config.presharedKey());
        Peer<E> peer = new Peer<>(config, identity, context, this::fire);
        context.peers.put(config.publicKey(), peer);
        for (IpPrefix prefix : config.allowedIps()) {
            context.routes.put(prefix, peer);
        }
        return peer;
    }

    /** Removes a peer with its keys; unknown ones are ignored. */
    public void removePeer(PublicKey publicKey) {
        Peer<E> peer = context.peers.remove(publicKey);
        if (peer != null) {
            context.routes.removeAll(peer);
            forgetKeys(peer);
            peer.remove();
        }
    }

    /** Our own static key. */
    public LocalIdentity identity() {
        return context.local;
    }

    /**
     * Replaces our own static key, destroying the former. A peer that has it as its public key
     * goes, as we do not talk to ourselves; with the others nothing is sealed any more until a
     * handshake by the new key, which may begin at once.
     *
     * @return the peer that went; null for none
     */
    public @Nullable Peer<E> identity(LocalIdentity identity) {
        LocalIdentity former = context.local;
        context.local = identity;
        data.handshakes().onIdentity();
        Peer<E> self = identity.isSet() ? context.peers.get(identity.publicKey()) : null;
        if (self != null) {
            removePeer(self.publicKey());
        }
        for (Peer<E> peer : context.peers.values()) {
            peer.identity(peer.identity().withLocal(identity));
            peer.handshake(Handshake.IDLE, context.indices);
            peer.keys.retire();
            peer.forgetHandshakeSent();
        }
        former.destroy();
        return self;
    }

    /** Sets the interval of the persistent keepalive; turning it on sends the first at once. */
    public void persistentKeepalive(Peer<E> peer, int seconds, long nowNs) {
        boolean wasOff = peer.persistentKeepaliveSeconds() == 0;
        peer.timers.persistentNs(seconds * Timing.SECOND_NS, nowNs);
        if (wasOff && seconds > 0) {
            data.keepalive(peer, nowNs);
        }
    }

    /** Gives the prefix to the peer; who had it loses it. */
    public void allow(Peer<E> peer, IpPrefix prefix) {
        if (!peer.isRemoved()) {
            context.routes.put(prefix, peer);
        }
    }

    /** Takes the prefix from the peer, where it is this peer's. */
    public void disallow(Peer<E> peer, IpPrefix prefix) {
        if (context.routes.owner(prefix) == peer) {
            context.routes.remove(prefix);
        }
    }

    /** Takes all prefixes from the peer. */
    public void disallowAll(Peer<E> peer) {
        context.routes.removeAll(peer);
    }

    /** Replaces a peer's preshared key; the next handshake uses it. */
    public void presharedKey(Peer<E> peer, PresharedKey key) {
        peer.identity().presharedKey(key);
    }

    /**
     * The peer that the IP packet at {@code array[offset]} goes to, by its destination; null when
     * there is none. The packet must have passed {@code IpPacket.check}.
     */
    public @Nullable Peer<E> peerFor(byte[] array, int offset) {
        return context.routes.lookupDestination(array, offset);
    }

    /** Whose address that is, by the allowed IPs; null when it is nobody's. */
    public @Nullable Peer<E> peerOf(IpAddress address) {
        return context.routes.lookup(address);
    }

    /**
     * Makes a datagram of a packet, in place. The packet, or a {@code SuperPacket} for an endpoint
     * that takes it, stands at {@code offset + 16}; at least 31 bytes after it are free, for
     * padding and tag.
     *
     * @return the datagram's length, from offset on; 0 when there is no key: a copy of the packet
     *     waits for the handshake, which was begun
     */
    public int seal(Peer<E> peer, byte[] array, int offset, int length, long nowNs) {
        return data.seal(peer, array, offset, length, nowNs);
    }

    /**
     * Takes a datagram. A packet in it is opened in place.
     *
     * @return the length of the IP packet that now stands at {@code offset + 16}, or behind that
     *     and its header where {@code SuperPacket.isAt} says so; 0 when there is none for the
     *     inside
     */
    public int receive(byte[] array, int offset, int length, E from, long nowNs) {
        MessageType type = MessageType.of(array, offset, length);
        if (type == null) {
            context.drops.count(DropReason.MALFORMED_DATAGRAM);
            return 0;
        }
        return switch (type) {
            case TRANSPORT -> data.receive(array, offset, length, from, nowNs);
            case INITIATION -> {
                data.handshakes().onInitiation(array, offset, from, nowNs);
                yield 0;
            }
            case RESPONSE -> {
                data.handshakes().onResponse(array, offset, from, nowNs);
                yield 0;
            }
            case COOKIE_REPLY -> {
                data.handshakes().onCookieReply(array, offset, nowNs);
                yield 0;
            }
        };
    }

    /** A path to the peer is being made, which may take a while: its packets wait for that. */
    public void expectPath(Peer<E> peer) {
        peer.expectPath();
    }

    /**
     * There is a new path to the peer, by configuration or because a carrier came up. What was sent
     * by the old one may be lost: a handshake in flight is begun anew, live keys are shown to the
     * other end at once, so that its answers take the new path too.
     */
    public void connect(Peer<E> peer, E endpoint, long nowNs) {
        if (peer.isRemoved()) {
            return;
        }
        peer.endpoint(endpoint);
        peer.forgetHandshakeSent();
        boolean waiting = peer.handshake() instanceof InitiationSent || peer.stagedPackets() > 0;
        if (canSeal(peer, nowNs)) {
            data.confirm(peer, nowNs);
            if (peer.handshake() instanceof InitiationSent) {
                data.handshakes().initiate(peer, false, nowNs);
            }
        } else if (waiting || peer.persistentKeepaliveSeconds() > 0) {
            data.handshakes().initiate(peer, false, nowNs);
        }
    }

    /**
     * Begins a handshake now, whatever the keys' age; for a peer that is known to have lost them.
     */
    public void renewKeys(Peer<E> peer, long nowNs) {
        if (peer.awaitsResponse(nowNs)) {
            return; // to the responder a second one at once is a flood
        }
        peer.forgetHandshakeSent();
        data.handshakes().initiate(peer, false, nowNs);
    }

    /** Whether packets for the peer can be sealed now. */
    public boolean canSeal(Peer<E> peer, long nowNs) {
        return canSeal(peer.keys.current(), nowNs);
    }

    private static boolean canSeal(@Nullable Session session, long nowNs) {
        return session != null && session.canSeal(nowNs);
    }

    /** Packets wait for the peer that cannot be sealed: begins a handshake if none is under way. */
    public void wantKeys(Peer<E> peer, long nowNs) {
        data.handshakes().initiate(peer, false, nowNs);
    }

    /** The path is gone: whoever is reached by it has no endpoint until heard again. */
    public void disconnect(E endpoint) {
        data.handshakes().disconnect(endpoint);
        for (Peer<E> peer : context.endpoints.peersAt(endpoint)) {
            peer.endpoint(null);
        }
    }

    /** Whether some peer is reached by this path. */
    public boolean isEndpoint(E endpoint) {
        return context.endpoints.isKnown(endpoint);
    }

    /**
     * Goes on with initiations that the {@link HandshakeWorker} has examined.
     *
     * @return whether there may be more, for another call
     */
    public boolean collect(long nowNs) {
        return data.handshakes().collect(nowNs);
    }

    /** When {@link #tick} has work to do, monotonic; an hour from now when nothing is armed. */
    public long nextDeadlineNs(long nowNs) {
        boolean isIdle = context.timers.isEmpty();
        return nowNs + (isIdle ? FAR_NS : Math.min(FAR_NS, context.timers.untilNextNs(nowNs)));
    }

    /** Lets the timers fire whose time has come. */
    public void tick(long nowNs) {
        tickNs = nowNs;
        context.timers.fireDue(nowNs);
    }

    private void fire(Peer<E> peer) {
        fire(peer, tickNs);
        if (!peer.isRemoved()) {
            peer.timers.awaitNext(tickNs);
        }
    }

    private void fire(Peer<E> peer, long nowNs) {
        PeerTimers timers = peer.timers;
        if (timers.retransmit.takeIfDue(nowNs)) {
            retransmit(peer, nowNs);
        }
        if (timers.newHandshake.takeIfDue(nowNs)) {
            data.handshakes().initiate(peer, false, nowNs);
        }
        if (timers.sendKeepalive.takeIfDue(nowNs)) {
            data.keepalive(peer, nowNs);
            timers.onKeepaliveFired(nowNs);
        }
        if (timers.persistentKeepalive.takeIfDue(nowNs)) {
            data.keepalive(peer, nowNs);
            timers.onPersistentFired(nowNs);
        }
        if (timers.zeroKeys.takeIfDue(nowNs)) {
            forgetKeys(peer);
        }
    }

    private void retransmit(Peer<E> peer, long nowNs) {
        if (peer.timers.mayRetransmit()) {
            data.handshakes().initiate(peer, true, nowNs);
        } else {
            peer.timers.onGaveUp(nowNs);
            peer.dropStaged(DropReason.HANDSHAKE_GAVE_UP);
            context.effects.on(new TunnelEvent.HandshakeGaveUp<>(peer));
        }
    }

    /** Zeroes every key of every peer, and the private key. The engine cannot be used any more. */
    public void destroy() {
        for (PublicKey key : List.copyOf(context.peers.keySet())) {
            removePeer(key);
        }
        context.local.destroy();
    }

    /** Indices in use by handshakes in flight and by sessions, for tests. */
    int indices() {
        return context.indices.size();
    }

    /** Sources that the limiter remembers, for tests. */
    int limitedSources() {
        return data.handshakes().limitedSources();
    }

    /** Initiations under examination, for tests. */
    int examinations() {
        return data.handshakes().examinations();
    }

    private void forgetKeys(Peer<E> peer) {
        peer.handshake(Handshake.IDLE, context.indices);
        peer.keys.clear();
        peer.dropStaged(DropReason.HANDSHAKE_GAVE_UP);
    }
}
