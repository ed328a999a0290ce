package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.WireGuardDevice;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Culvert and Debian's wireguard-go over UDP, in both roles: bulk and restarts. New keys, moves and
 * other programs are {@link WireGuardMatrixInteropIT}'s.
 */
@Tag("interop")
class WireGuardGoInteropIT {
    private static final String GATEWAY = "10.9.0.1";
    private static final String CLIENT = "10.9.0.2";

    /** One pair: ours in one role, theirs in the other. */
    private record Pair(String name, Outside outside, WireGuardDevice theirs) {
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
        WireGuardDevice go =
                new WireGuardDevice(lab, outside.client(), theirs.privateKey(), 51821)
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
        WireGuardDevice go =
                new WireGuardDevice(lab, outside.gateway(), theirs.privateKey(), 51820)
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
}
