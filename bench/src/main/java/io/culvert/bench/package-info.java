/**
 * Micro-benchmarks of the floors: time and bytes allocated for each packet. Run by {@code
 * bench/jmh}.
 *
 * <p>Outside of the floors: may import anything, is imported by nobody.
 */
@NullMarked
package io.culvert.bench;

import org.jspecify.annotations.NullMarked;
