package io.culvert.server.exit;

import io.culvert.loop.EventLoop;
import io.culvert.server.exit.socket.HostSockets;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;
import io.culvert.time.WallClock;

/**
 * What an exit stands on. Immutable, as far as its parts are.
 *
 * @param loop that everything is confined to
 * @param sockets the machine's
 * @param peers whose an address is
 * @param clock for rates
 * @param wall for what {@code show} tells
 * @param drops where denials are counted
 */
public record ExitGround(
        EventLoop loop,
        HostSockets sockets,
        PeerFinder peers,
        MonotonicClock clock,
        WallClock wall,
        Drops drops) {}
