/**
 * A WireGuard interface by UDP alone, as {@code wireguard-go NAME} is one: the wiring of its loop,
 * device, socket and control socket; and the thread of a loop, which a gateway has too. What flows
 * through: nothing; it starts and ends what does.
 *
 * <p>Floor 5: may import {@code pump}, {@code control}, {@code uapi}, {@code tunnel}, {@code
 * noise}, {@code carrier}, {@code carrier.udp}, {@code tun}, {@code loop.epoll}, {@code libc},
 * {@code time}.
 */
@NullMarked
package io.culvert.device;

import org.jspecify.annotations.NullMarked;
