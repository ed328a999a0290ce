/**
 * The one program: where a command line becomes one call of something below.
 *
 * <p>Floor 6: may import everything.
 */
@NullMarked
package io.culvert.app;

import org.jspecify.annotations.NullMarked;
