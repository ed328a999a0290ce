/**
 * Thousands of connections and UDP flows of programs that know of no tunnel, for {@code
 * bench/flows}: commands come in on stdin, a line of JSON goes out for each.
 *
 * <p>Outside of the floors: may import anything, is imported by nobody.
 */
@NullMarked
package io.culvert.bench.flows;

import org.jspecify.annotations.NullMarked;
