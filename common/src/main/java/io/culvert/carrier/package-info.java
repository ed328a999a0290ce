/**
 * The port to the outside: what takes datagrams across, and the carrier protocol's codec.
 *
 * <p>Floor 1: may import {@code bytes}, {@code stats}.
 */
@NullMarked
package io.culvert.carrier;

import org.jspecify.annotations.NullMarked;
