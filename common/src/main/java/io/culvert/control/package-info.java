/**
 * The local control socket: tells what an interface is doing, as the stable JSON of {@code show};
 * and what both wirings do with a tunnel file.
 *
 * <p>Floor 4: may import {@code tunnel}, {@code carrier}, {@code pump}, {@code config}, {@code
 * crypto}, {@code ip}, {@code stats}, {@code time}, {@code host}, {@code uapi}.
 */
@NullMarked
package io.culvert.control;

import org.jspecify.annotations.NullMarked;
