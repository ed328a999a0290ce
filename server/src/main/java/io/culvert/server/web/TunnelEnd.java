package io.culvert.server.web;

import io.culvert.carrier.Hello;
import io.culvert.loop.EventLoop;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;

/**
 * What all opened WebSockets share. Immutable.
 *
 * @param loop the loop that drives them
 * @param hello how the gateway introduces itself
 * @param drops where their drops are counted, on the loop
 * @param clock the loop's clock
 */
public record TunnelEnd(EventLoop loop, Hello hello, Drops drops, MonotonicClock clock) {}
