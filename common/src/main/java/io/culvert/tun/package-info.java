/**
 * The port to the inside of the tunnel: reads and writes IP packets.
 *
 * <p>Floor 1: may import {@code bytes} and {@code loop}.
 */
@NullMarked
package io.culvert.tun;

import org.jspecify.annotations.NullMarked;
