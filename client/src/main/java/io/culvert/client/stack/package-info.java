/**
 * The inside of a tunnel by a userspace TCP/IP stack: what the proxy front asks for, a {@code
 * NetStack} does.
 *
 * <ul>
 *   <li>{@link StackInside}: opens flows, sockets and listeners.
 *   <li>{@link StackFlow}: one TCP connection; {@link StackUdp}: one UDP socket.
 * </ul>
 *
 * <p>No bytes wait here, and nothing is told but what the stack tells: from within its receive,
 * poll and tick, and so never from within a call of the port. Confined to the client's loop.
 *
 * <p>Floor 5: may import {@code netstack}, {@code client.proxy} and {@code ip}.
 */
@NullMarked
package io.culvert.client.stack;

import org.jspecify.annotations.NullMarked;
