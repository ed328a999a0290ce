package io.culvert.client.relay;

import io.culvert.carrier.Hello;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.client.dial.DialSettings;
import io.culvert.client.tls.Trust;
import io.culvert.relay.RelayRule;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a relay's client end is made of. Immutable.
 *
 * @param listen where WireGuard's datagrams come in; resolved
 * @param url the gateway's relay path
 * @param trust whom to believe that it is the gateway
 * @param token what opens its door; null for nothing
 * @param bare offer no subprotocol: one message is one datagram
 * @param fwmark what the kernel marks the WebSockets' packets with; 0 for none
 * @param rule what may pass
 * @param memory what outlives the relay
 */
public record RelaySettings(
        InetSocketAddress listen,
        URI url,
        Trust trust,
        Supplier<@Nullable String> token,
        boolean bare,
        int fwmark,
        RelayRule rule,
        RelayMemory memory) {
    /** How the session for this address of WireGuard's is dialled. */
    DialSettings dial(String remote) {
        UUID instance = memory.names().name(url, remote);
        return new DialSettings(
                url,
                trust,
                token,
                bare,
                fwmark,
                new Hello(1, instance, 0, WebSocketCarrier.LARGEST_MESSAGE_BYTES),
                DialSettings.CONNECT_TIMEOUT_MS);
    }
}
