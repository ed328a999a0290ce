package io.culvert.carrier;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is fixed about a carrier when its WebSocket opens.
 *
 * @param hello how this side introduces itself; its {@code maxMessageBytes} is the longest message
 *     that this side takes
 * @param maxMessageBytes the longest frame, header included, that datagrams are gathered in; {@link
 *     WebSocketSettings#DEFAULT_MESSAGE_BYTES} fills one TLS record
 * @param kind {@code wss} or {@code ws}
 * @param url the URL that was opened; null at the gateway
 * @param remote resolved {@code ip:port} of the other side
 * @param source what the cookie and the rate limiter know the other side by
 * @param since when the WebSocket opened
 */
@SuppressWarnings("ArrayRecordComponent") // borrowed once by the carrier, which copies it
public record WebSocketSettings(
        WebSocketCarrier.Role role,
        WebSocketCarrier.Protocol protocol,
        Hello hello,
        int maxMessageBytes,
        String kind,
        @Nullable String url,
        String remote,
        byte[] source,
        Instant since) {
    /** One TLS record of the JDK, frame header included. */
    public static final int DEFAULT_MESSAGE_BYTES = 16_350;

    /** Most that a receiver may say it takes: what one carrier's reassembly may hold. */
    private static final int MOST_TAKEN_BYTES = 1 << 20;

    private static final int LEAST_MESSAGE_BYTES = 1500;

    /** Refuses limits that the protocol does not allow. */
    public WebSocketSettings {
        int most = Inbound.COMMON_MESSAGE_BYTES;
        check("maxMessageBytes", maxMessageBytes, LEAST_MESSAGE_BYTES, most);
        int taken = hello.maxMessageBytes();
        check("HELLO's", taken, CapsuleReader.LEAST_MESSAGE_BYTES, MOST_TAKEN_BYTES);
    }

    private static void check(String name, int bytes, int least, int most) {
        if (bytes < least || bytes > most) {
            throw new IllegalArgumentException(
                    name + " maxMessageBytes " + bytes + " is not in " + least + ".." + most);
        }
    }
}
