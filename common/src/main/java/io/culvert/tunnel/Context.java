package io.culvert.tunnel;

import io.culvert.crypto.PublicKey;
import io.culvert.noise.LocalIdentity;
import io.culvert.route.AllowedIps;
import io.culvert.stats.Drops;
import io.culvert.time.DeadlineHeap;
import io.culvert.time.TimestampSource;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** What the parts of one engine share. Confined to the engine. */
final class Context<E> {

    /** Replaced by {@link Tunnel#identity(LocalIdentity)}. */
    LocalIdentity local;

    final TunnelEffects<E> effects;
    final HandshakeWorker worker;
    final TimestampSource timestamps;
    final SecureRandom random;

    /** For what is no secret; drawing from {@link #random} would be costly on the data path. */
    final RandomGenerator jitter;

    /** When which peer's timers are to be looked at. */
    final DeadlineHeap timers = new DeadlineHeap();

    final int mtu;
    final Drops drops = new Drops();
    final Map<PublicKey, Peer<E>> peers = new LinkedHashMap<>();
    final Endpoints<E> endpoints = new Endpoints<>();
    final AllowedIps<Peer<E>> routes = new AllowedIps<>();
    final IndexTable<E> indices;

    Context(TunnelSetup<E> setup) {
        this.local = setup.identity();
        this.effects = setup.effects();
        this.worker = setup.worker();
        this.timestamps = setup.timestamps();
        this.random = setup.random();
        this.jitter = new SplittableRandom(setup.random().nextLong());
        this.mtu = setup.mtu();
        this.indices = new IndexTable<>(setup.random());
    }
}
