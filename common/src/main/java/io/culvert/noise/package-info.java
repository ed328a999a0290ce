/**
 * The IKpsk2 handshake as states, the message authentication codes, and cookies.
 *
 * <p>What flows through: handshake messages in, transport keys out. Nothing here knows peers' life
 * cycles, timers or sockets. Floor 2: may import {@code wire}, {@code crypto}, {@code time}, {@code
 * bytes}.
 */
@NullMarked
package io.culvert.noise;

import org.jspecify.annotations.NullMarked;
