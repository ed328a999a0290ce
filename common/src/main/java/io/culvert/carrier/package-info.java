/**
 * The port to the outside: what takes datagrams across, and the carrier protocol's codec. Datagrams
 * flow in by reserve and commit and out to a listener; bytes flow to and from a stream that an
 * adapter moves. docs/WIRE.md has the layouts.
 *
 * <p>Floor 1: may import {@code bytes}, {@code stats}.
 */
@NullMarked
package io.culvert.carrier;

import org.jspecify.annotations.NullMarked;
