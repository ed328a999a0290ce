/**
 * The UDP carrier: one socket, and one light carrier for each remote address. What flows through:
 * WireGuard datagrams as they are.
 *
 * <p>Floor 2: may import {@code carrier}, {@code bytes}, {@code stats}, {@code loop}, {@code libc}.
 */
@NullMarked
package io.culvert.carrier.udp;

import org.jspecify.annotations.NullMarked;
