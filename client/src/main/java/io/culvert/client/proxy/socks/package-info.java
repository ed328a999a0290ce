/**
 * SOCKS clients: version 5 (RFC 1928, 1929) and 4 with 4a.
 *
 * <ul>
 *   <li>{@link SocksDoor}: puts the handlers of a connection in place.
 *   <li>{@link Socks5Decoder}: greeting, login and request of version 5.
 *   <li>{@link Socks4Decoder}: the request of version 4.
 *   <li>{@link SocksAddress}: an address as version 5 spells it.
 *   <li>{@link Socks5Reply}, {@link Socks4Reply}: what the client is told.
 *   <li>{@link UdpAssociation}: datagrams of one client, there and back.
 * </ul>
 *
 * <p>Netty's SOCKS codec is not used: it cannot tell an unknown address type from broken bytes.
 */
@NullMarked
package io.culvert.client.proxy.socks;

import org.jspecify.annotations.NullMarked;
