/**
 * The port to readiness: one thread that tells when file descriptors can be read or written.
 *
 * <p>Floor 1: imports nothing of the project.
 */
@NullMarked
package io.culvert.loop;

import org.jspecify.annotations.NullMarked;
