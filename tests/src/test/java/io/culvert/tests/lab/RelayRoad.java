package io.culvert.tests.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A wireguard-go at the client, another in the world, and between them {@code culvert relay} and a
 * gateway that only relays. Confined to the test's thread.
 */
public final class RelayRoad {
    /** How the relay's two ends meet. */
    public enum Kind {
        DIRECT("https://0.0.0.0:443", false),
        NGINX("http://127.0.0.1:8080", false),
        BARE("https://0.0.0.0:443", true);

        private final String listen;
        private final boolean isBare;

        Kind(String listen, boolean isBare) {
            this.listen = listen;
            this.isBare = isBare;
        }
    }

    /** The server's addresses inside the tunnel. */
    public static final String SERVER_4 = "10.7.0.1";

    public static final String SERVER_6 = "fd07::1";

    private static final int LOCAL_PORT = 51_821;

    private final Outside outside;
    private final Kind kind;
    private final String serverKey;
    private final Path gatewayFile;
    private Running gateway;
    private Running client;

    private RelayRoad(Outside outside, Kind kind, String serverKey) {
        this.outside = outside;
        this.kind = kind;
        this.serverKey = serverKey;
        this.gatewayFile =
                outside.lab()
                        .write(
                                "relay.yaml",
                                """
                                listen: %s
                                tls: {certificate: %2$s/fullchain.pem, key: %2$s/privkey.pem}
                                trustedProxies: [127.0.0.0/8]
                                relay:
                                  - path: /connect
                                    to: udp://%3$s:51820
                                    publicKey: %4$s
                                """
                                        .formatted(
                                                kind.listen,
                                                outside.certificate(),
                                                Outside.WORLD_4,
                                                serverKey));
        this.gateway = startGateway();
        if (kind == Kind.NGINX) {
            outside.lab().closing(Nginx.start(outside, "culvert-443.conf", outside.lab().folder()));
        }
        this.client = startClient();
    }

    /** Both ends of the relay and both of wireguard-go, up. */
    public static RelayRoad open(Outside outside, Kind kind) {
        Keys here = Keys.make();
        Keys there = Keys.make();
        RelayRoad road = new RelayRoad(outside, kind, there.publicKey());
        Lab lab = outside.lab();
        lab.closing(
                new WireGuardDevice(lab, outside.world(), there.privateKey(), 51_820)
                        .addresses(SERVER_4 + "/24", SERVER_6 + "/64")
                        .peer(here.publicKey(), "allowed-ips 10.7.0.2/32,fd07::2/128"));
        lab.closing(
                new WireGuardDevice(lab, outside.client(), here.privateKey(), 51_820)
                        .addresses("10.7.0.2/24", "fd07::2/64")
                        .peer(
                                there.publicKey(),
                                "endpoint 127.0.0.1:%d allowed-ips 10.7.0.0/24,fd07::/64"
                                        .formatted(LOCAL_PORT)));
        return road;
    }

    private Running startGateway() {
        Running started = Culvert.in(outside.lab(), outside.gateway()).server(gatewayFile);
        return outside.lab().closing(started);
    }

    private Running startClient() {
        List<String> words = new ArrayList<>();
        words.addAll(
                List.of(
                        "relay",
                        "--listen",
                        "udp://127.0.0.1:" + LOCAL_PORT,
                        "--to",
                        "wss://" + Outside.GATEWAY_4 + "/connect",
                        "--ca-file",
                        outside.certificate().resolve("fullchain.pem").toString(),
                        "--gateway-key",
                        serverKey));
        if (kind.isBare) {
            words.add("--bare");
        }
        Running started =
                Culvert.in(outside.lab(), outside.client()).start(words.toArray(String[]::new));
        started.awaitLine("^ready", Culvert.START);
        return outside.lab().closing(started);
    }

    public Outside outside() {
        return outside;
    }

    /** The relay's end at the client. */
    public Running client() {
        return client;
    }

    /** SIGKILL, and another. */
    public void restartGateway() {
        gateway.killForcibly();
        gateway = startGateway();
    }

    /** SIGKILL, and another. */
    public void restartClient() {
        client.killForcibly();
        client = startClient();
    }
}
