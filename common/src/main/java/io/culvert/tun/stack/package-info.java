/**
 * A userspace TCP/IP stack in the place of a TUN device. What flows through: the IP packets and TCP
 * super-packets that the stack makes and takes, as the pump would have them of the kernel.
 *
 * <p>Floor 3: may import {@code tun}, {@code netstack}, {@code loop}, {@code bytes}, {@code time}.
 */
@NullMarked
package io.culvert.tun.stack;

import org.jspecify.annotations.NullMarked;
