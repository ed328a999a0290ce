/**
 * TUN devices of Linux. What flows through: IP packets and TCP or UDP super-packets, each behind
 * its virtio-net header, one system call a packet.
 *
 * <p>Floor 2: may import {@code tun}, {@code bytes}, {@code libc}, {@code loop}.
 */
@NullMarked
package io.culvert.tun.linux;

import org.jspecify.annotations.NullMarked;
