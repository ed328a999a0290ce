package io.culvert.uapi;

import io.culvert.crypto.PresharedKey;
import io.culvert.ip.IpPrefix;
import io.culvert.tunnel.Peer;
import java.time.Instant;

/**
 * The answer to {@code get=1}: an interface with its peers, secrets included. Confined to the loop.
 *
 * <p>{@code endpoint} is always a resolved address: {@code wg} hands it to its resolver, and one
 * that does not resolve fails the whole answer. The URL of a WebSocket stands in a line of its own,
 * which {@code wg} skips.
 */
final class Dump<E> {
    /** What is usually written, so that a long answer is not copied as it grows. */
    private static final int HEAD_CHARS = 512;

    private static final int PEER_CHARS = 448;

    private final Device<E> device;
    private final StringBuilder text;

    Dump(Device<E> device) {
        this.device = device;
        int peers = device.tunnel().peers().size();
        this.text = new StringBuilder(HEAD_CHARS + peers * PEER_CHARS);
    }

    String of(Moment moment) {
        if (device.tunnel().identity().isSet()) {
            line("private_key", device.tunnel().identity().privateKey().toHex());
        }
        if (device.listenPort() != 0) {
            line("listen_port", device.listenPort());
        }
        if (device.fwmark() != 0) {
            line("fwmark", Integer.toUnsignedLong(device.fwmark()));
        }
        for (Peer<E> peer : device.tunnel().peers()) {
            add(peer, moment);
        }
        return text.append("errno=0\n\n").toString();
    }

    private void add(Peer<E> peer, Moment moment) {
        line("public_key", peer.publicKey().toHex());
        PresharedKey psk = peer.presharedKey();
        line("preshared_key", psk.toHex());
        line("protocol_version", 1);
        String endpoint = device.endpoint(peer);
        if (endpoint != null) {
            line("endpoint", endpoint);
        }
        String url = device.url(peer);
        if (url != null) {
            line("culvert_url", url);
        }
        Long completedNs = peer.latestHandshakeNs();
        Instant at =
                completedNs == null
                        ? Instant.EPOCH
                        : moment.wall().minusNanos(moment.nowNs() - completedNs);
        line("last_handshake_time_sec", at.getEpochSecond());
        line("last_handshake_time_nsec", at.getNano());
        line("tx_bytes", peer.txBytes());
        line("rx_bytes", peer.rxBytes());
        line("persistent_keepalive_interval", peer.persistentKeepaliveSeconds());
        for (IpPrefix prefix : device.tunnel().allowedIps(peer)) {
            line("allowed_ip", prefix.toString());
        }
    }

    private void line(String key, long value) {
        text.append(key).append('=').append(value).append('\n');
    }

    private void line(String key, String value) {
        text.append(key).append('=').append(value).append('\n');
    }
}
