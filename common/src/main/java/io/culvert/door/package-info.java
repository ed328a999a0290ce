/**
 * The door: who is let in by an upgrade request. A bearer token flows in, yes or no comes out.
 *
 * <p>Floor 1: may import {@code crypto}, {@code bytes}.
 */
@NullMarked
package io.culvert.door;

import org.jspecify.annotations.NullMarked;
