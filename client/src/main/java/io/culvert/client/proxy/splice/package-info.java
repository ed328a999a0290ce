/**
 * Local channels joined with flows inside.
 *
 * <ul>
 *   <li>{@link Splice}: the last handler of a local channel; copies both ways, each half closed
 *       alone, nothing read that the other side does not take.
 *   <li>{@link Switchboard}: what all doors share; opens the flow that a client asked for, says so
 *       in the client's protocol and starts the splice.
 *   <li>{@link Replies}: how a protocol says that the flow stands, or why not.
 *   <li>{@link LocalAddress}: where a local socket is: an address and a port, or a path.
 *   <li>{@link LocalSockets}: local sockets, behind a port so that tests need none.
 *   <li>{@link LoopSockets}: the real ones, on the client's loop.
 *   <li>{@link SocketPath}: a Unix socket's place in the file system, free and private.
 *   <li>{@link StdioPipe}: standard input and output as one end of a flow.
 * </ul>
 */
@NullMarked
package io.culvert.client.proxy.splice;

import org.jspecify.annotations.NullMarked;
