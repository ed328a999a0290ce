package io.culvert.control;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.control.InterfaceStatus.CarrierStatus;
import io.culvert.control.InterfaceStatus.PeerStatus;
import io.culvert.ip.IpPrefix;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads an engine's state into what is shown. Confined to the loop that owns the engine. */
public final class StatusReader {
    private final String name;
    private final Tunnel<Carrier> tunnel;
    private final Function<Peer<Carrier>, @Nullable CarrierInfo> carriers;

    /**
     * A reader for one interface.
     *
     * @param carriers how a peer is reached or would be; null when nothing is known
     */
    public StatusReader(
            String name,
            Tunnel<Carrier> tunnel,
            Function<Peer<Carrier>, @Nullable CarrierInfo> carriers) {
        this.name = name;
        this.tunnel = tunnel;
        this.carriers = carriers;
    }

    /** The state now; the two clocks must have been read together. */
    public InterfaceStatus read(@Nullable Integer listenPort, long nowNs, Instant wall) {
        List<PeerStatus> peers = new ArrayList<>();
        for (Peer<Carrier> peer : tunnel.peers()) {
            peers.add(read(peer, nowNs, wall));
        }
        return new InterfaceStatus(
                name,
                tunnel.publicKey().toBase64(),
                listenPort,
                peers,
                labels(tunnel.drops()),
                null);
    }

    private PeerStatus read(Peer<Carrier> peer, long nowNs, Instant wall) {
        CarrierInfo info = carriers.apply(peer);
        Long handshakeNs = peer.latestHandshakeNs();
        int keepalive = peer.persistentKeepaliveSeconds();
        return new PeerStatus(
                peer.publicKey().toBase64(),
                info == null ? null : info.remote(),
                info == null ? null : read(info),
                tunnel.allowedIps(peer).stream().map(IpPrefix::toString).toList(),
                handshakeNs == null ? null : text(wall.minusNanos(nowNs - handshakeNs)),
                peer.rxBytes(),
                peer.txBytes(),
                keepalive == 0 ? null : keepalive,
                labels(peer.drops()));
    }

    private static CarrierStatus read(CarrierInfo info) {
        return new CarrierStatus(
                info.kind(),
                info.url(),
                info.remote(),
                info.state().name().toLowerCase(Locale.ROOT),
                text(info.since()),
                info.congestionControl().isEmpty() ? null : info.congestionControl(),
                info.lanes() == 1 ? null : info.lanes());
    }

    private static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static Map<String, Long> labels(Drops drops) {
        Map<String, Long> labels = new LinkedHashMap<>();
        for (Map.Entry<DropReason, Long> entry : drops.snapshot().entrySet()) {
            labels.put(entry.getKey().label(), entry.getValue());
        }
        return labels;
    }
}
