/**
 * The event loop of Linux: readiness by epoll, wake-ups by eventfd, timers by a heap.
 *
 * <p>Floor 2: may import {@code loop}, {@code libc}, {@code bytes}.
 */
@NullMarked
package io.culvert.loop.epoll;

import org.jspecify.annotations.NullMarked;
