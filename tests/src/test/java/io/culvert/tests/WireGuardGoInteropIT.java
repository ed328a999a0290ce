package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.WireGuardGo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Culvert and Debian's wireguard-go over UDP, in both roles. */
@Tag("interop")
class WireGuardGoInteropIT {
    private static final String GATEWAY = "10.9.0.1";
    private static final String CLIENT = "10.9.0.2";

    /** REKEY_AFTER_TIME is 120 s: somebody has made new keys by then. */
    private static final Duration ONE_REKEY = Duration.ofSeconds(130);

    private static final Duration LONG = Duration.ofSeconds(310);

    /** One pair: ours in one role, theirs in the other. */
    private record Pair(String name, Outside outside, WireGuardGo theirs) {
        Namespace client() {
            return outside.client();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void exchangesTrafficAsGateway(boolean preshared) {
        try (Lab lab = lab()) {
            exchangesTraffic(lab, oursAsGateway(lab, preshared));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void exchangesTrafficAsClient(boolean preshared) {
        try (Lab lab = lab()) {
            exchangesTraffic(lab, oursAsClient(lab, preshared));
        }
    }

    @Test
    void theirRestartIsHealedByNewHandshake() {
        try (Lab lab = lab()) {
            Pair pair = oursAsClient(lab, false);
            long first = pair.theirs().latestHandshake();
            pair.theirs().forgetSessions();
            assertTrue(pair.client().reaches(GATEWAY, 30), "no traffic after they forgot all keys");
            assertTrue(pair.theirs().latestHandshake() >= first);
        }
    }

    @Test
    void rekeysWithoutLosingPackets() {
        rekeys(ONE_REKEY, 1);
    }

    @Test
    @Tag("long")
    void rekeysWithoutLosingPacketsForFiveMinutes() {
        rekeys(LONG, 2);
    }

    /** All four combinations at once, as each takes so long. */
    private static void rekeys(Duration length, int atLeast) {
        try (Lab first = lab();
                Lab second = lab();
                Lab third = lab();
                Lab fourth = lab()) {
            List<Pair> pairs =
                    List.of(
                            oursAsGateway(first, false),
                            oursAsGateway(second, true),
                            oursAsClient(third, false),
                            oursAsClient(fourth, true));
            List<Running> pings = new ArrayList<>();
            List<Long> handshakes = new ArrayList<>();
            for (Pair pair : pairs) {
                handshakes.add(pair.theirs().latestHandshake());
                String count = Long.toString(length.toSeconds() * 20);
                pings.add(
                        pair.client()
                                .start("ping", "-n", "-q", "-c", count, "-i", "0.05", GATEWAY));
            }
            for (int i = 0; i < pairs.size(); i++) {
                Pair pair = pairs.get(i);
                var outcome = pings.get(i).awaitExit(length.plusSeconds(30));
                assertTrue(lossPercent(outcome.out()) < 0.5, () -> pair.name() + ": " + outcome);
                long seconds = pair.theirs().latestHandshake() - handshakes.get(i);
                System.out.printf(
                        "%s: last handshake %d s after the first; %s%n",
                        pair.name(), seconds, outcome.out().lines().skip(3).findFirst().orElse(""));
                assertTrue(
                        seconds >= 110L * atLeast,
                        () -> pair.name() + ": handshakes " + seconds + " s apart");
            }
        }
    }

    private static void exchangesTraffic(Lab lab, Pair pair) {
        Namespace client = pair.client();
        for (int payload : new int[] {0, 56, 1392, 1393, 65507}) {
            Traffic.ping(client, GATEWAY, payload);
            Traffic.ping(pair.outside().gateway(), CLIENT, payload);
        }
        Path file = Traffic.randomFile(lab, 50_000_000);
        Traffic.serve(pair.outside().gateway(), GATEWAY, file);
        String sum = Traffic.checksum(Traffic.download(client, GATEWAY, file));
        assertEquals(Traffic.sha256(file), sum);
        for (String[] options : new String[][] {{}, {"-R"}}) {
            double rate = Traffic.iperf3(client, pair.outside().gateway(), GATEWAY, 2, options);
            System.out.printf("%s: iperf3 %.0f Mbit/s%n", pair.name(), rate / 1e6);
            assertTrue(rate > 20e6, () -> pair.name() + ": " + rate);
        }
        assertTrue(pair.theirs().receivedBytes() > 1_000_000);
    }

    private static Pair oursAsGateway(Lab lab, boolean preshared) {
        Outside outside = Outside.in(lab);
        Keys ours = Keys.make();
        Keys theirs = Keys.make();
        String psk = preshared ? Keys.preshared() : "";
        lab.write("wg0.conf", file(ours, GATEWAY, "", theirs, psk, CLIENT + "/32"));
        Path yaml =
                lab.write("gateway.yaml", "tunnel: wg0.conf\nlisten: [\"udp://0.0.0.0:51820\"]\n");
        Culvert.in(lab, outside.gateway()).server(yaml);
        WireGuardGo go =
                new WireGuardGo(lab, outside.client(), theirs.privateKey(), 51821)
                        .addresses(CLIENT + "/24")
                        .peer(
                                ours.publicKey(),
                                pskSetting(lab, psk)
                                        + "allowed-ips 10.9.0.0/24 endpoint %s:51820"
                                                .formatted(Outside.GATEWAY_4));
        return ready(new Pair("ours as gateway, psk " + preshared, outside, lab.closing(go)));
    }

    private static Pair oursAsClient(Lab lab, boolean preshared) {
        Outside outside = Outside.in(lab);
        Keys ours = Keys.make();
        Keys theirs = Keys.make();
        String psk = preshared ? Keys.preshared() : "";
        WireGuardGo go =
                new WireGuardGo(lab, outside.gateway(), theirs.privateKey(), 51820)
                        .addresses(GATEWAY + "/24")
                        .peer(
                                ours.publicKey(),
                                pskSetting(lab, psk) + "allowed-ips %s/32".formatted(CLIENT));
        String endpoint = "Endpoint = %s:51820".formatted(Outside.GATEWAY_4);
        Path conf =
                lab.write("cvt0.conf", file(ours, CLIENT, endpoint, theirs, psk, "10.9.0.0/24"));
        Culvert.in(lab, outside.client()).up(conf);
        return ready(new Pair("ours as client, psk " + preshared, outside, lab.closing(go)));
    }

    private static Lab lab() {
        return Lab.open("wireguard-go", "wg", "iperf3", "curl", "ping", "openssl");
    }

    private static Pair ready(Pair pair) {
        assertTrue(pair.client().reaches(GATEWAY, 20), () -> "no ping: " + pair.name());
        return pair;
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // the lines of one file, in their order
    private static String file(
            Keys own, String address, String endpoint, Keys peer, String psk, String allowed) {
        return """
        [Interface]
        PrivateKey = %s
        Address = %s/24

        [Peer]
        PublicKey = %s
        AllowedIPs = %s
        %s
        %s
        """
                .formatted(
                        own.privateKey(),
                        address,
                        peer.publicKey(),
                        allowed,
                        endpoint,
                        psk.isEmpty() ? "" : "PresharedKey = " + psk);
    }

    private static String pskSetting(Lab lab, String psk) {
        return psk.isEmpty() ? "" : "preshared-key %s ".formatted(lab.write("psk", psk + "\n"));
    }

    private static double lossPercent(String ping) {
        for (String line : ping.lines().toList()) {
            int at = line.indexOf("% packet loss");
            if (at > 0) {
                String before = line.substring(0, at);
                return Double.parseDouble(before.substring(before.lastIndexOf(' ') + 1));
            }
        }
        throw new AssertionError("no statistics: " + ping.toLowerCase(Locale.ROOT));
    }
}
