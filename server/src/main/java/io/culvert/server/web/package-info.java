/**
 * The gateway's web side. Requests come in; those that may become a tunnel's carriers on the
 * gateway's loop, all others get what the website says.
 *
 * <p>The road of a connection:
 *
 * <ol>
 *   <li>a listening socket with the tunnel's options, Jetty's acceptor and selector;
 *   <li>TLS and HTTP on Jetty's threads, under deadlines;
 *   <li>the door: entitled or not;
 *   <li>101, and the end point passes to the loop: from there on no thread of Jetty touches it;
 *   <li>at the end it passes back to Jetty, which waits a moment for the other side to close.
 * </ol>
 *
 * <p>Floor 5: may import {@code carrier}, {@code loop}, {@code libc}, {@code crypto}, {@code door},
 * {@code time}, {@code stats}, {@code ip}, {@code config}, {@code server.config}, {@code
 * server.site}, {@code server.tls}; of the libraries, Jetty.
 */
@NullMarked
package io.culvert.server.web;

import org.jspecify.annotations.NullMarked;
