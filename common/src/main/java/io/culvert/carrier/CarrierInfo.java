package io.culvert.carrier;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code show} says of a carrier. Immutable.
 *
 * @param kind {@code wss}, {@code ws} or {@code udp}
 * @param url the WebSocket URL; null for UDP
 * @param remote resolved {@code ip:port}; null while there is none
 * @param state up, connecting or down
 * @param since when the state began
 * @param congestionControl what its TCP uses, such as {@code bbr}; empty where it has none, or it
 *     is not known
 * @param lanes how many connections share the datagrams
 */
public record CarrierInfo(
        String kind,
        @Nullable String url,
        @Nullable String remote,
        State state,
        Instant since,
        String congestionControl,
        int lanes) {
    /** Of a carrier without TCP, or whose TCP is not up. */
    public CarrierInfo(
            String kind,
            @Nullable String url,
            @Nullable String remote,
            State state,
            Instant since) {
        this(kind, url, remote, state, since, "", 1);
    }

    /** The same of so many connections. */
    CarrierInfo withLanes(int count) {
        return new CarrierInfo(kind, url, remote, state, since, congestionControl, count);
    }

    /** Where a carrier is in its life. */
    public enum State {
        UP,
        CONNECTING,
        DOWN
    }
}
