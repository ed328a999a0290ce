package io.culvert.client.dial;

import io.culvert.client.tls.ClientTls;
import io.culvert.stats.Drops;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a dialer needs of its surroundings.
 *
 * @param drops where the loop counts
 * @param nowNs the monotonic clock
 * @param wall the time of day, for {@code show}
 * @param random a secure generator
 * @param addresses where names become addresses
 * @param lookups runs lookups, which block; not the loop
 * @param tls whose TLS
 */
public record DialContext(
        Drops drops,
        LongSupplier nowNs,
        InstantSource wall,
        RandomGenerator random,
        AddressSource addresses,
        Executor lookups,
        ClientTls.Provider tls) {}
