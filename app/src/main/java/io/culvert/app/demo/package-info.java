/**
 * The demonstration: two networks of its own on this machine, the real programs in them, real
 * traffic between them, and every trace undone.
 *
 * <p>Floor 6: may import {@code app.run} and everything below.
 */
@NullMarked
package io.culvert.app.demo;

import org.jspecify.annotations.NullMarked;
