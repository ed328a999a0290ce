/**
 * The commands: parse, call one thing, print.
 *
 * <p>Floor 6: may import {@code app.run}, {@code app.demo} and everything below.
 */
@NullMarked
package io.culvert.app.command;

import org.jspecify.annotations.NullMarked;
