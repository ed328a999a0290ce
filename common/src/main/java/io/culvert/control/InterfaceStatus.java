package io.culvert.control;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.culvert.stats.Drops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code show --json} says of one interface. Its keys are a contract: more may come, none
 * goes. Immutable; it holds no secret.
 *
 * @param name the interface's
 * @param publicKey base64
 * @param listenPort the UDP port; null where none is open
 * @param peers in the order of the tunnel file
 * @param drops of no peer, by reason
 * @param flows of a proxy, or of a gateway in userspace, oldest first; null where it is neither
 */
public record InterfaceStatus(
        @JsonProperty("interface") String name,
        String publicKey,
        @Nullable Integer listenPort,
        List<PeerStatus> peers,
        Map<String, Long> drops,
        @Nullable List<FlowStatus> flows) {

    /** The same with flows. */
    public InterfaceStatus withFlows(List<FlowStatus> now) {
        return new InterfaceStatus(name, publicKey, listenPort, peers, drops, List.copyOf(now));
    }

    /** The same with these drops added. */
    public InterfaceStatus withMoreDrops(Drops more) {
        Map<String, Long> sums = new LinkedHashMap<>(drops);
        more.snapshot().forEach((reason, count) -> sums.merge(reason.label(), count, Long::sum));
        return new InterfaceStatus(name, publicKey, listenPort, peers, sums, flows);
    }

    /**
     * One flow of a proxy, or of a gateway in userspace.
     *
     * @param kind who asked for it, such as {@code socks5}; of a gateway {@code tcp} and the like
     * @param source who opened it
     * @param target what was asked for
     * @param txBytes towards the target
     * @param rxBytes from the target
     * @param since RFC 3339
     */
    public record FlowStatus(
            String kind, String source, String target, long rxBytes, long txBytes, String since) {}

    /**
     * One peer.
     *
     * @param endpoint resolved {@code ip:port}; null when none is known
     * @param latestHandshake RFC 3339; null when there was none
     * @param drops by reason
     */
    public record PeerStatus(
            String publicKey,
            @Nullable String endpoint,
            @Nullable CarrierStatus carrier,
            List<String> allowedIps,
            @Nullable String latestHandshake,
            long rxBytes,
            long txBytes,
            @Nullable Integer persistentKeepalive,
            Map<String, Long> drops) {}

    /**
     * How the peer is reached.
     *
     * @param kind {@code wss}, {@code ws} or {@code udp}
     * @param url null for udp
     * @param remote resolved {@code ip:port}; null while there is none
     * @param state one of {@code CarrierInfo.State}, in lower case
     * @param since RFC 3339
     * @param congestionControl what its TCP uses, such as {@code bbr}; null for udp
     * @param connections how many there are, where {@code Connections} asks for several; else null
     */
    public record CarrierStatus(
            String kind,
            @Nullable String url,
            @Nullable String remote,
            String state,
            String since,
            @Nullable String congestionControl,
            @Nullable Integer connections) {}
}
