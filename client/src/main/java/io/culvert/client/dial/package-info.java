/**
 * Keeps one WebSocket to a gateway up: names to addresses, the race of attempts, TLS, the upgrade,
 * and then bytes between Netty's channel and the carrier.
 *
 * <p>Floor 5: may import Netty, {@code client.loop}, {@code client.tls}, {@code carrier}, {@code
 * loop}, {@code libc}, {@code stats}.
 */
@NullMarked
package io.culvert.client.dial;

import org.jspecify.annotations.NullMarked;
