/**
 * Where a peer's packets wait until its carrier is writable: flow queues with CoDel, and the band
 * for control datagrams that goes first.
 *
 * <p>Floor 1: may import {@code bytes}, {@code ip}, {@code stats}, {@code time}.
 */
@NullMarked
package io.culvert.queue;

import org.jspecify.annotations.NullMarked;
