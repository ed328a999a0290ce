/**
 * Packet buffers with head- and tailroom, their pool, little- and big-endian access, hex.
 *
 * <p>Floor 0: imports nothing of the project.
 */
@NullMarked
package io.culvert.bytes;

import org.jspecify.annotations.NullMarked;
