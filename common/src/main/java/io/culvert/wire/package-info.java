/**
 * The layouts of the four WireGuard messages (WireGuard paper §5.4): offsets, readers, writers.
 *
 * <p>Floor 1: may import {@code bytes}. All integers are little-endian.
 */
@NullMarked
package io.culvert.wire;

import org.jspecify.annotations.NullMarked;
