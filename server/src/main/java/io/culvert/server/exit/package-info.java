/**
 * The exit of a gateway without a TUN device: each flow of a peer ends in the userspace stack and
 * goes on as an ordinary socket of this process.
 *
 * <ol>
 *   <li>{@link ExitTun} is the pump's inside. What goes to another peer turns round there ({@link
 *       Hairpin}); all else goes to the stack.
 *   <li>The stack offers what begins to {@link Exit}. {@link Admission} asks the policy and the
 *       limits of the peer whose address it is.
 *   <li>A TCP opening is answered when the target has: {@link TcpSplice} connects first, then
 *       accepts, then copies both ways. {@link UdpCrossing} and {@link PingCrossing} do the same
 *       for datagrams.
 *   <li>What is asked of the gateway's own address on port 53 goes to this machine's resolvers
 *       ({@link DnsForwarder}).
 * </ol>
 *
 * <p>All of it is confined to the gateway's loop; nothing blocks, nothing is allocated by what a
 * packet says. May import {@code netstack}, {@code tun.stack}, {@code libc}, {@code loop} and
 * below; only {@code server.gateway} imports it.
 */
@NullMarked
package io.culvert.server.exit;

import org.jspecify.annotations.NullMarked;
