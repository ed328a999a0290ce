/**
 * The proxy front: programs of this machine reach what lies behind the tunnel through local sockets
 * (SOCKS, HTTP, port forwards, DNS), and no privilege is needed.
 *
 * <p>This package holds the port to the inside and what all parts share:
 *
 * <ul>
 *   <li>{@link Inside}: opens TCP flows, UDP sockets and listeners inside the tunnel (the port).
 *   <li>{@link InsideFlow}: one TCP connection inside, sans I/O; {@link FlowEnd} says how it ended.
 *   <li>{@link InsideUdp}: one UDP socket inside.
 *   <li>{@link InsideAddress}: an address and a port inside.
 *   <li>{@link Target}: what a client asks for, a name or an address, and a port.
 *   <li>{@link FlowTable}: the flows that are alive, at most so many; closes those gone quiet.
 *   <li>{@link LiveFlow}: one flow's place in it, and its byte counts.
 *   <li>{@link FlowInfo}: what {@code show} tells of a flow; {@link FlowKind} is its kind.
 *   <li>{@link ProxyLimits}: how much, and how long.
 *   <li>{@link Credentials}: the user and password that clients must give.
 *   <li>{@link Garbage}: counters of hostile or broken input, logged once a kind.
 * </ul>
 *
 * <p>The other packages, lowest first: {@code dns} asks the tunnel's servers, {@code open} makes a
 * flow of a {@link Target}, {@code splice} joins flows with local channels, {@code socks}, {@code
 * http} and {@code forward} speak with the clients, {@code attach} with further processes of ours,
 * {@code front} wires it all. Everything is confined to the client's one loop.
 *
 * <p>Floor 5: may import Netty, {@code loop}, {@code ip}, {@code time} and {@code crypto}.
 */
@NullMarked
package io.culvert.client.proxy;

import org.jspecify.annotations.NullMarked;
