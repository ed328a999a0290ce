/**
 * The client's end of a relay: datagrams of a WireGuard on this machine come in by UDP and leave by
 * WebSocket, one for each address that they come from; answers go back.
 *
 * <p>Floor 5: may import everything of {@code common}, and {@code client.dial}, {@code
 * client.loop}, {@code client.tls}.
 */
@NullMarked
package io.culvert.client.relay;

import org.jspecify.annotations.NullMarked;
