package io.culvert.server.exit;

import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.Endpoint;
import io.culvert.server.exit.policy.EgressPolicy;
import io.culvert.server.exit.policy.Protocol;
import io.culvert.server.exit.policy.Verdict;
import io.culvert.stats.DropReason;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may open what: the policy, and what each peer may hold. Confined to the loop. */
final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private static final int MOST_LISTED = 5000;

    private final ExitGround ground;
    private final EgressPolicy policy;
    private final ExitLimits limits;
    private final Map<PublicKey, Share> shares = new HashMap<>();
    private final Set<FlowPlace> places = new LinkedHashSet<>();

    Admission(ExitGround ground, EgressPolicy policy, ExitLimits limits) {
        this.ground = ground;
        this.policy = policy;
        this.limits = limits;
    }

    /** A place for a flow to the world; null, counted, where it may not be. */
    @Nullable FlowPlace admit(Protocol protocol, Endpoint source, Endpoint target) {
        PublicKey peer = ownerOf(source.address());
        if (peer == null || !isAllowed(peer, protocol, target)) {
            ground.drops().count(DropReason.EGRESS_DENIED);
            return null;
        }
        String kind = protocol == Protocol.ICMP ? "ping" : protocol.label();
        return take(peer, new FlowPlace.Ends(kind, source, target));
    }

    /** A place for what the gateway itself does for a peer; null, counted, where there is none. */
    @Nullable FlowPlace serve(String kind, Endpoint source, Endpoint target) {
        PublicKey peer = ownerOf(source.address());
        if (peer == null) {
            ground.drops().count(DropReason.EGRESS_DENIED);
            return null;
        }
        return take(peer, new FlowPlace.Ends(kind, source, target));
    }

    /**
     * A place for a flow to this machine's loopback, which peers know by the gateway's address in
     * the tunnel; null where no rule names just that address.
     */
    @Nullable FlowPlace admitOwn(Protocol protocol, Endpoint source, Endpoint own) {
        PublicKey peer = ground.peers().ownerOf(source.address());
        if (peer == null) {
            ground.drops().count(DropReason.EGRESS_DENIED);
            return null;
        }
        Verdict verdict = policy.decide(peer, protocol, own.address(), own.port());
        return verdict instanceof Verdict.Allowed(boolean isExact) && isExact
                ? take(peer, new FlowPlace.Ends(protocol.label(), source, own))
                : null;
    }

    private boolean isAllowed(PublicKey peer, Protocol protocol, Endpoint target) {
        Verdict verdict = policy.decide(peer, protocol, target.address(), target.port());
        return switch (verdict) {
            case Verdict.Denied(String why) -> {
                log.debug("{}: {} to {}: {}", peer.shortName(), protocol, target, why);
                yield false;
            }
            // what listens on all of this machine's addresses listens on those as well
            case Verdict.Allowed(boolean isExact) -> isExact || !ground.sockets().isOwn(target);
        };
    }

    private @Nullable FlowPlace take(PublicKey peer, FlowPlace.Ends ends) {
        long nowNs = ground.clock().nowNs();
        Share share = shares.computeIfAbsent(peer, _ -> new Share(limits, nowNs));
        if (places.size() >= limits.allFlows()) {
            ground.drops().count(DropReason.EGRESS_FULL);
            return null;
        }
        if (!share.take(nowNs)) {
            ground.drops().count(DropReason.EGRESS_LIMIT);
            return null;
        }
        FlowPlace place = new FlowPlace(this, peer, share, ends);
        places.add(place);
        return place;
    }

    @Nullable PublicKey ownerOf(IpAddress address) {
        return ground.peers().ownerOf(address);
    }

    Instant now() {
        return ground.wall().now();
    }

    long nowNs() {
        return ground.clock().nowNs();
    }

    void remove(FlowPlace place) {
        places.remove(place);
    }

    /** Forgets peers that have done nothing for a while. */
    void sweep() {
        long nowNs = ground.clock().nowNs();
        shares.values().removeIf(share -> share.isFresh(nowNs));
    }

    /** What is open, oldest first, up to a number that somebody may still read. */
    List<ExitFlow> list() {
        return places.stream().limit(MOST_LISTED).map(FlowPlace::info).toList();
    }
}
