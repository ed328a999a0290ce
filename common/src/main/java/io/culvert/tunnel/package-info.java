/**
 * The engine, sans I/O: peers, key rotation, timers, staging, crypto routing.
 *
 * <p>Packets, datagrams and {@code nowNs} flow in; sealed datagrams, opened packets and effects
 * flow out. It never reads a clock, opens a socket, starts a thread or logs. Floor 3: may import
 * {@code noise}, {@code session}, {@code route}, {@code wire}, {@code ip}, {@code crypto}, {@code
 * bytes}, {@code time}, {@code stats}.
 */
@NullMarked
package io.culvert.tunnel;

import org.jspecify.annotations.NullMarked;
