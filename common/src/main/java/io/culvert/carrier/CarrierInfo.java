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
 */
public record CarrierInfo(
        String kind, @Nullable String url, @Nullable String remote, State state, Instant since) {

    /** Where a carrier is in its life. */
    public enum State {
        UP,
        CONNECTING,
        DOWN
    }
}
