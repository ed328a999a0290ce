/**
 * The clocks, and what is made of their readings: TAI64N timestamps and deadlines. The only package
 * that reads a clock; everybody else gets {@code nowNs} passed in.
 *
 * <p>Floor 0: imports nothing of the project.
 */
@NullMarked
package io.culvert.time;

import org.jspecify.annotations.NullMarked;
