/**
 * Forwards with ssh's syntax, for TCP and UDP.
 *
 * <ul>
 *   <li>{@link Forward}: one forward as spelled: {@code -L} into the tunnel, {@code -R} out of it.
 *   <li>{@link ForwardText}: its parser.
 *   <li>{@link Forwards}: starts them.
 *   <li>{@link LocalUdp}: datagrams of this machine's programs, into the tunnel.
 *   <li>{@link RemoteUdp}: datagrams that come from inside, to a program of this machine.
 *   <li>{@link StartFailure}: why a forward or a door cannot start, in one line.
 * </ul>
 */
@NullMarked
package io.culvert.client.proxy.forward;

import org.jspecify.annotations.NullMarked;
