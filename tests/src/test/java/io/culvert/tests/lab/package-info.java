/**
 * The laboratory: network namespaces, the links between them, processes inside them, captures.
 *
 * <p>Test code only. Nothing in here sleeps: it waits on a line of output, on an exit, or on an
 * answered ping, always with a deadline.
 */
@NullMarked
package io.culvert.tests.lab;

import org.jspecify.annotations.NullMarked;
