/**
 * WireGuard's cross-platform control socket: {@code wg} and wg-quick read and change an interface
 * by it while it runs. What flows through: lines of text, {@code key=value}.
 *
 * <p>Floor 4: may import {@code tunnel}, {@code noise}, {@code crypto}, {@code ip}, {@code
 * carrier}.
 */
@NullMarked
package io.culvert.uapi;

import org.jspecify.annotations.NullMarked;
