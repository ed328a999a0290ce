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
 */
public record TunnelSetup<E>(
        LocalIdentity identity,
        int mtu,
        TunnelEffects<E> effects,
        TimestampSource timestamps,
        SecureRandom random) {}
