/**
 * Thousands of client tunnels in one process, for {@code bench/scale}: commands come in on stdin, a
 * line of JSON goes out for each.
 *
 * <p>Outside of the floors: may import anything, is imported by nobody.
 */
@NullMarked
package io.culvert.bench.swarm;

import org.jspecify.annotations.NullMarked;
