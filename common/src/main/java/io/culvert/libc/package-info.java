/**
 * The system calls that the JDK does not offer, through JNA: descriptors, epoll, eventfd, socket
 * options, netlink, the clock that counts suspend. The only package that sees JNA.
 *
 * <p>Results come in two kinds. Calls that set something up throw {@link
 * io.culvert.libc.LibcException}. Calls of the hot path answer with a count, or with the negated
 * error number ({@code -Errno.EAGAIN}) as the kernel itself does, so that nothing is allocated. A
 * call that a signal interrupts is repeated. Memory goes in and out as {@link
 * io.culvert.libc.NativeBuffer}, datagrams as {@link io.culvert.libc.UdpInbox} and {@link
 * io.culvert.libc.UdpOutbox}. Linux, 64-bit.
 *
 * <p>Floor 0: may import {@code time}, whose clock it has a better one of.
 */
@NullMarked
package io.culvert.libc;

import org.jspecify.annotations.NullMarked;
