/**
 * Names, asked of the tunnel's own servers through the tunnel and nowhere else.
 *
 * <ul>
 *   <li>{@link DnsServers}: the servers; puts a question to one after the other.
 *   <li>{@link Exchange}: one question under way, over UDP and TCP, with its timeouts.
 *   <li>{@link UdpAttempt}, {@link TcpAttempt}: one server asked once.
 *   <li>{@link DnsLayout}: header, question and lifetimes of a message, in place.
 *   <li>{@link DnsCodec}: questions and addresses, by Netty's codec.
 *   <li>{@link Answer}: addresses, or why there are none.
 *   <li>{@link ExpiringCache}: what was answered, for as long as it holds.
 *   <li>{@link Resolver}: name and family to an answer, with cache, search domains and one question
 *       for all who ask the same.
 *   <li>{@link DnsRelay}: answers whole queries of local programs, with a cache.
 *   <li>{@link DnsDoor}: the relay's handlers for UDP and TCP.
 * </ul>
 */
@NullMarked
package io.culvert.client.proxy.dns;

import org.jspecify.annotations.NullMarked;
