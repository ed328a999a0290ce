/**
 * Drives the engine between the inside and the carriers: packets wait here as plaintext, in a flow
 * queue per peer, until their carrier can take more.
 *
 * <p>No thread of its own: the loop of a gateway or a client calls it. Floor 4: may import {@code
 * tunnel}, {@code tun}, {@code carrier}, {@code queue}, {@code loop}, {@code ip}, {@code crypto},
 * {@code bytes}, {@code time}, {@code stats}.
 */
@NullMarked
package io.culvert.pump;

import org.jspecify.annotations.NullMarked;
