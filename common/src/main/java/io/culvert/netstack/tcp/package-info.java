/**
 * The parts of TCP that know neither IP nor flows, each with one task:
 *
 * <ol>
 *   <li>bytes that wait: {@link SendBuffer} and {@link ReceiveBuffer}, in chunks of a {@link
 *       ChunkPool}, with {@link Ranges} for what came out of order;
 *   <li>what is under way: {@link Scoreboard}, judged by {@link Rack} (RFC 8985);
 *   <li>how much may be under way: {@link Congestion}, which is {@link Cubic} (RFC 9438) with
 *       {@link HyStart} (RFC 9406), and in recovery {@link RateReduction} (RFC 6937); {@link
 *       LossRecovery} drives all;
 *   <li>how long to wait: {@link RttEstimator} (RFC 6298);
 *   <li>how much to let come: {@link WindowTuning};
 *   <li>the header's options: {@link TcpOptions}.
 * </ol>
 *
 * <p>Floor 2: may import {@code bytes}. Used by {@code netstack} only.
 */
@NullMarked
package io.culvert.netstack.tcp;

import org.jspecify.annotations.NullMarked;
