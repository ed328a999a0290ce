/**
 * A target becomes a flow.
 *
 * <ul>
 *   <li>{@link Opener}: opens flows to {@link io.culvert.client.proxy.Target}s, and answers names.
 *   <li>{@link Opening}: one of them under way: names asked for, addresses raced (RFC 8305).
 *   <li>{@link AddressQueue}: the addresses in the order in which they are tried.
 *   <li>{@link Reach}: the addresses that mean nothing in a tunnel.
 *   <li>{@link RaceLeg}: one address being tried; later the flow's way to its owner.
 *   <li>{@link OpenFailure}: why there is no flow, as a client can be told.
 * </ul>
 */
@NullMarked
package io.culvert.client.proxy.open;

import org.jspecify.annotations.NullMarked;
