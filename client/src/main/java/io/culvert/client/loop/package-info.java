/**
 * The client's event loop: one Netty thread that owns the TUN, the sockets and the timers.
 *
 * <p>Floor 5: may import Netty, {@code loop} and, where Netty has no epoll, {@code loop.epoll}.
 */
@NullMarked
package io.culvert.client.loop;

import org.jspecify.annotations.NullMarked;
