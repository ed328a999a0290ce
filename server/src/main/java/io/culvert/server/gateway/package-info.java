/**
 * A gateway put together: the inside, the engine and all that comes in, on one loop.
 *
 * <p>Floor 5: may import everything of {@code common} and of {@code server}.
 */
@NullMarked
package io.culvert.server.gateway;

import org.jspecify.annotations.NullMarked;
