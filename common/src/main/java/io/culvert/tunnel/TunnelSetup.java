package io.culvert.tunnel;

import io.culvert.noise.LocalIdentity;
import io.culvert.time.TimestampSource;
import java.security.SecureRandom;

/**
 * What an engine is made of.
 *
 * @param mtu of the inside, in bytes: packets are not padded beyond it
 * @param effects where it sends and tells; called only within calls of the engine
 * @param timestamps strictly increasing, also through clock jumps
 * @param worker examines initiations
 */
public record TunnelSetup<E>(
        LocalIdentity identity,
        int mtu,
        TunnelEffects<E> effects,
        TimestampSource timestamps,
        SecureRandom random,
        HandshakeWorker worker) {
    /** One whose handshakes are worked on by its own thread alone. */
    public TunnelSetup(
            LocalIdentity identity,
            int mtu,
            TunnelEffects<E> effects,
            TimestampSource timestamps,
            SecureRandom random) {
        this(identity, mtu, effects, timestamps, random, HandshakeWorker.inline());
    }
}
