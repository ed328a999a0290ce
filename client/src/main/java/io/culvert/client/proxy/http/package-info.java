/**
 * HTTP clients: CONNECT, requests in absolute form, and two pages of the proxy's own.
 *
 * <ul>
 *   <li>{@link HttpDoor}: puts the handlers of a connection in place.
 *   <li>{@link HttpClient}: one client's requests, one after the other.
 *   <li>{@link HttpAsk}: what a request asks for: a tunnel, a fetch, a page of ours, nonsense.
 *   <li>{@link Fetch}: one request on its way to its origin, and the response on its way back.
 *   <li>{@link Origin}: a connection to an origin, with the codec for it.
 *   <li>{@link HopHeaders}: the headers that belong to one connection, taken out.
 *   <li>{@link ResponseHead}: a response made fit for the client.
 *   <li>{@link ReplyEncoder}: Netty's encoder, told which responses have no body.
 *   <li>{@link HttpExit}: takes HTTP off a channel that goes on in another protocol.
 *   <li>{@link HttpReply}: what the client is told in our own words.
 *   <li>{@link OwnPages}: the PAC file and the health answer.
 * </ul>
 */
@NullMarked
package io.culvert.client.proxy.http;

import org.jspecify.annotations.NullMarked;
