package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.PythonWebSocket;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.WireGuardDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bare mode against a WebSocket client and a server that others wrote, which fragment messages,
 * ping in between and offer compression; with Debian's wireguard-go behind them.
 */
@Tag("interop")
class BareInteropIT {
    private static final String[] PROGRAMS = {"wg", "wireguard-go", "ping", "curl", "openssl"};
    private static final long BYTES = 10_000_000;
    private static final int LOCAL_PORT = 51_900;
    private static final String GATEWAY_4 = "10.8.0.1";
    private static final String GATEWAY_6 = "fd08::1";

    private static Lab lab() {
        Lab lab = Lab.open(PROGRAMS);
        boolean success = false;
        try {
            PythonWebSocket.require();
            success = true;
            return lab;
        } finally {
            if (!success) {
                lab.close();
            }
        }
    }

    /** Theirs at the client, behind something that listens on {@link #LOCAL_PORT}. */
    private static void theirClient(Outside outside, Keys own, Keys gateway) {
        outside.lab()
                .closing(
                        new WireGuardDevice(
                                        outside.lab(), outside.client(), own.privateKey(), 51_820)
                                .addresses("10.8.0.2/24", "fd08::2/64")
                                .peer(
                                        gateway.publicKey(),
                                        "endpoint 127.0.0.1:%d allowed-ips 10.8.0.0/24,fd08::/64"
                                                .formatted(LOCAL_PORT)));
    }

    /** Theirs in a namespace, listening on 51820 for the client's peer. */
    private static void theirServer(Outside outside, Namespace where, Keys own, Keys client) {
        outside.lab()
                .closing(
                        new WireGuardDevice(outside.lab(), where, own.privateKey(), 51_820)
                                .addresses(GATEWAY_4 + "/24", GATEWAY_6 + "/64")
                                .peer(client.publicKey(), "allowed-ips 10.8.0.2/32,fd08::2/128"));
    }

    private static void exchange(Outside outside, Namespace server) {
        for (int payload : new int[] {56, 1300, 8000}) {
            Traffic.ping(outside.client(), GATEWAY_4, payload);
            Traffic.ping(outside.client(), GATEWAY_6, payload);
        }
        Path file = Traffic.randomFile(outside.lab(), BYTES);
        Traffic.serve(server, GATEWAY_4, file);
        Running download = Traffic.download(outside.client(), GATEWAY_4, file);
        assertEquals(Traffic.sha256(file), Traffic.checksum(download));
    }

    private static String tls(Outside outside) {
        return "tls: {certificate: %1$s/fullchain.pem, key: %1$s/privkey.pem}\n"
                .formatted(outside.certificate());
    }

    private static Path gatewayFile(Outside outside, Keys gateway, Keys client, String lines) {
        outside.lab()
                .write(
                        "wg0.conf",
                        """
                        [Interface]
                        PrivateKey = %s
                        Address = 10.8.0.1/24, fd08::1/64
                        [Peer]
                        PublicKey = %s
                        AllowedIPs = 10.8.0.2/32, fd08::2/128
                        """
                                .formatted(gateway.privateKey(), client.publicKey()));
        return outside.lab().write("gateway.yaml", "tunnel: wg0.conf\n" + lines);
    }

    @ParameterizedTest
    @CsvSource({"ws, open", "wss, open", "wss, token"})
    void theirClientReachesOurGateway(String scheme, String door) {
        try (Lab lab = lab()) {
            Outside outside = Outside.in(lab);
            Keys gateway = Keys.make();
            Keys client = Keys.make();
            boolean isOpen = door.equals("open");
            Path token = lab.write("tokens.txt", "letme-in_42\n");
            String listen = scheme.equals("ws") ? "http://0.0.0.0:80" : "https://0.0.0.0:443";
            String lines =
                    "listen: [%s]\n%s%s"
                            .formatted(
                                    listen,
                                    isOpen ? "door: open\n" : "tokens: " + token + "\n",
                                    scheme.equals("ws") ? "" : tls(outside));
            Path file = gatewayFile(outside, gateway, client, lines);
            lab.closing(Culvert.in(lab, outside.gateway()).server(file));
            List<String> words = new ArrayList<>();
            words.add(scheme + "://" + Outside.GATEWAY_4 + "/connect");
            words.add(Integer.toString(LOCAL_PORT));
            words.add(outside.certificate().resolve("fullchain.pem").toString());
            if (!isOpen) {
                words.add(token.toString());
            }
            Running python =
                    PythonWebSocket.client(lab, outside.client(), words.toArray(String[]::new));
            assertEquals(1, python.count("^ready None \\[\\]$"), "no protocol, no compression");
            theirClient(outside, client, gateway);
            exchange(outside, outside.gateway());
            assertTrue(python.isAlive());
        }
    }

    @Test
    void theirClientReachesARelayPath() {
        try (Lab lab = lab()) {
            Outside outside = Outside.in(lab);
            Keys server = Keys.make();
            Keys client = Keys.make();
            Path file =
                    lab.write(
                            "relay.yaml",
                            "listen: [https://0.0.0.0:443]\n"
                                    + tls(outside)
                                    + "relay: [{path: /wg, to: 'udp://%s:51820', door: open}]\n"
                                            .formatted(Outside.WORLD_4));
            lab.closing(Culvert.in(lab, outside.gateway()).server(file));
            theirServer(outside, outside.world(), server, client);
            PythonWebSocket.client(
                    lab,
                    outside.client(),
                    "wss://" + Outside.GATEWAY_4 + "/wg",
                    Integer.toString(LOCAL_PORT),
                    outside.certificate().resolve("fullchain.pem").toString());
            theirClient(outside, client, server);
            exchange(outside, outside.world());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "wss"})
    void ourClientReachesTheirServer(String scheme) {
        try (Lab lab = lab()) {
            Outside outside = Outside.in(lab);
            Keys server = Keys.make();
            Keys client = Keys.make();
            theirServer(outside, outside.gateway(), server, client);
            Running python = startServer(outside, scheme);
            String ca = "#@ CaFile = " + outside.certificate().resolve("fullchain.pem");
            Path file =
                    lab.write(
                            "cvt0.conf",
                            """
                            [Interface]
                            PrivateKey = %s
                            Address = 10.8.0.2/32, fd08::2/128
                            [Peer]
                            PublicKey = %s
                            AllowedIPs = 10.8.0.0/24, fd08::/64
                            #@ WebSocket = %s://192.0.2.1:8080/any
                            %s
                            """
                                    .formatted(
                                            client.privateKey(),
                                            server.publicKey(),
                                            scheme,
                                            scheme.equals("wss") ? ca : ""));
            lab.closing(Culvert.in(lab, outside.client()).up(file));
            assertEquals(1, python.count("^opened culvert.1$"), "offered, and not taken");
            exchange(outside, outside.gateway());
        }
    }

    @Test
    void ourRelayReachesTheirServer() {
        try (Lab lab = lab()) {
            Outside outside = Outside.in(lab);
            Keys server = Keys.make();
            Keys client = Keys.make();
            theirServer(outside, outside.gateway(), server, client);
            Running python = startServer(outside, "ws");
            Running relay =
                    Culvert.in(lab, outside.client())
                            .start(
                                    "relay",
                                    "--listen",
                                    "udp://127.0.0.1:" + LOCAL_PORT,
                                    "--to",
                                    "ws://192.0.2.1:8080/any",
                                    "--bare");
            lab.closing(relay).awaitLine("^ready", Culvert.START);
            theirClient(outside, client, server);
            exchange(outside, outside.gateway());
            assertEquals(1, python.count("^opened None$"), "--bare offers no protocol");
        }
    }

    private static Running startServer(Outside outside, String scheme) {
        List<String> words = new ArrayList<>(List.of("0.0.0.0", "8080", "51820"));
        if (scheme.equals("wss")) {
            words.add(outside.certificate().resolve("fullchain.pem").toString());
            words.add(outside.certificate().resolve("privkey.pem").toString());
        }
        return PythonWebSocket.server(
                outside.lab(), outside.gateway(), words.toArray(String[]::new));
    }
}
