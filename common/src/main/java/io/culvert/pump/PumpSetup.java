package io.culvert.pump;

import io.culvert.carrier.Carrier;
import io.culvert.loop.EventLoop;
import io.culvert.time.MonotonicClock;
import io.culvert.tun.Tun;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelEffects;
import java.util.function.Function;

/**
 * What a pump is made of.
 *
 * @param tun the inside, owned by the pump from now on
 * @param loop the thread that owns everything here
 * @param clock monotonic, counting suspend
 * @param engine makes the engine, given where its effects go
 * @param watcher told what the owner of the interface wants to know
 */
public record PumpSetup(
        Tun tun,
        EventLoop loop,
        MonotonicClock clock,
        Function<TunnelEffects<Carrier>, Tunnel<Carrier>> engine,
        PumpWatcher watcher) {}
