/**
 * The machine's own sockets as the exit uses them: a port, and the adapter that makes system calls.
 * What flows through: the bytes and datagrams of flows whose other end is in the userspace stack.
 *
 * <p>Imported by {@code server.exit} alone; imports {@code libc}, {@code loop}, {@code netstack}'s
 * addresses.
 */
@NullMarked
package io.culvert.server.exit.socket;

import org.jspecify.annotations.NullMarked;
