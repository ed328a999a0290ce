/**
 * One key pair at work: nonces, the replay window, sealing and opening transport messages.
 *
 * <p>Floor 2: may import {@code wire}, {@code crypto}, {@code time}, {@code bytes}.
 */
@NullMarked
package io.culvert.session;

import org.jspecify.annotations.NullMarked;
