/**
 * A client's tunnel put together: the inside, the engine, the carriers to each peer, on one loop.
 *
 * <p>Floor 5: may import everything of {@code common} and of {@code client}.
 */
@NullMarked
package io.culvert.client.tunnel;

import org.jspecify.annotations.NullMarked;
