/**
 * The system calls that the JDK does not offer, through JNA. The only package that sees JNA.
 *
 * <p>Floor 0: imports nothing of the project.
 */
@NullMarked
package io.culvert.libc;

import org.jspecify.annotations.NullMarked;
