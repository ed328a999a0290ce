package io.culvert.server.web;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.loop.EventLoop;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;
import java.util.function.Predicate;

/**
 * Where opened WebSockets lead. Immutable.
 *
 * @param loop the loop that drives them
 * @param listener told of them, on the loop
 * @param hello how the gateway introduces itself
 * @param drops where their drops are counted, on the loop
 * @param clock the loop's clock
 * @param isProven whether a peer was authenticated through a carrier; asked on the loop
 */
public record TunnelEnd(
        EventLoop loop,
        CarrierListener listener,
        Hello hello,
        Drops drops,
        MonotonicClock clock,
        Predicate<Carrier> isProven) {}
