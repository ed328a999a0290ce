package io.culvert.app.init;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The texts of a plan's files. Stateless, thread-safe. */
final class InitFiles {
    private static final int HTTPS_PORT = 443;

    /** All traffic: what is not of the tunnel's families must not go beside it. */
    private static final String EVERYTHING = "0.0.0.0/0, ::/0";

    private InitFiles() {}

    static String gateway(InitPlan plan) {
        return """
        # A gateway: `culvert server gateway.yaml`; `culvert server check gateway.yaml` tells
        # every key that there is. Without tls: it makes a certificate, whose pin peers have.
        tunnel: wg0.conf
        %s
        listen:
          - https://[::]:%d
          - udp://[::]:%d      # phones, and whatever else speaks plain WireGuard
        """
                .formatted(
                        plan.isUserspace()
                                ? "inside: userspace    # peers' connections are made by this"
                                        + " process; no root"
                                : "inside: tun\nnat: true    # peers reach the internet",
                        plan.port(),
                        InitPlan.UDP_PORT);
    }

    static String tunnel(InitPlan plan) {
        StringBuilder text = new StringBuilder("[Interface]\n");
        line(text, "PrivateKey", plan.key().toBase64());
        line(text, "Address", joined(plan.own(), plan.prefixes()));
        for (InitPlan.Peer peer : plan.peers()) {
            text.append("\n# ").append(peer.name()).append("\n[Peer]\n");
            line(text, "PublicKey", peer.key().publicKey().toBase64());
            line(text, "AllowedIPs", hosts(peer));
        }
        return text.toString();
    }

    private static String joined(List<IpAddress> addresses, List<IpPrefix> prefixes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < addresses.size(); i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(addresses.get(i))
                    .append('/')
                    .append(prefixes.get(i).length());
        }
        return text.toString();
    }

    private static String hosts(InitPlan.Peer peer) {
        return list(peer.addresses(), address -> address + "/" + address.bits());
    }

    private static <T> String list(List<T> values, Function<T, String> text) {
        return values.stream().map(text).collect(Collectors.joining(", "));
    }

    /** What every WireGuard reads: by UDP alone. */
    static String stock(InitPlan plan, InitPlan.Peer peer) {
        StringBuilder text = new StringBuilder("[Interface]\n");
        line(text, "PrivateKey", peer.key().toBase64());
        line(text, "Address", hosts(peer));
        if (!plan.dns().isEmpty()) {
            line(text, "DNS", list(plan.dns(), IpAddress::toString));
        }
        text.append("\n[Peer]\n");
        line(text, "PublicKey", plan.key().publicKey().toBase64());
        line(text, "AllowedIPs", EVERYTHING);
        line(text, "Endpoint", plan.host() + ":" + InitPlan.UDP_PORT);
        return text.toString();
    }

    /** The same, with what Culvert goes by. */
    static String peer(InitPlan plan, InitPlan.Peer peer, String pin) {
        StringBuilder text = new StringBuilder(stock(plan, peer));
        String port = plan.port() == HTTPS_PORT ? "" : ":" + plan.port();
        line(text, "#@ WebSocket", "wss://" + plan.host() + port + "/connect");
        line(text, "#@ Pin", pin);
        return text.toString();
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append(" = ").append(value).append('\n');
    }
}
