/**
 * Relay paths: datagrams of WireGuard elsewhere come in by WebSockets and leave by UDP, to one
 * address that the gateway's file names; answers go back.
 *
 * <p>Floor 5: may import everything of {@code common}, and {@code server.config}.
 */
@NullMarked
package io.culvert.server.relay;

import org.jspecify.annotations.NullMarked;
