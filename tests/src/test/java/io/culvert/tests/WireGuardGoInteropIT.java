package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.WireGuardProgram;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Culvert and Debian's wireguard-go over UDP, in both roles: bulk and restarts. New keys, moves and
 * other programs are {@link WireGuardMatrixInteropIT}'s.
 */
@Tag("interop")
class WireGuardGoInteropIT {
    private static final String GATEWAY = WireGuardPair.GATEWAY.getFirst();
    private static final String CLIENT = WireGuardPair.CLIENT.getFirst();

    private static Lab lab() {
        return Lab.open("wireguard-go", "wg", "iperf3", "curl", "ping", "openssl");
    }

    private static WireGuardPair open(Lab lab, boolean oursIsGateway, boolean preshared) {
        return WireGuardPair.open(lab, WireGuardProgram.DEBIAN, oursIsGateway, false, preshared);
    }

    @ParameterizedTest(name = "as gateway {0}, preshared key {1}")
    @CsvSource({"true, false", "true, true", "false, false", "false, true"})
    void exchangesTraffic(boolean oursIsGateway, boolean preshared) {
        try (Lab lab = lab()) {
            WireGuardPair pair = open(lab, oursIsGateway, preshared);
            Namespace client = pair.outside().client();
            Namespace gateway = pair.outside().gateway();
            for (int payload : new int[] {0, 56, 1392, 1393, 65507}) {
                Traffic.ping(client, GATEWAY, payload);
                Traffic.ping(gateway, CLIENT, payload);
            }
            Path file = Traffic.randomFile(lab, 50_000_000);
            Traffic.serve(gateway, GATEWAY, file);
            String sum = Traffic.checksum(Traffic.download(client, GATEWAY, file));
            assertEquals(Traffic.sha256(file), sum);
            for (String[] options : new String[][] {{}, {"-R"}}) {
                double rate = Traffic.iperf3(client, gateway, GATEWAY, 2, options);
                System.out.printf("%s: iperf3 %.0f Mbit/s%n", pair, rate / 1e6);
                assertTrue(rate > 20e6, () -> pair + ": " + rate);
            }
            assertTrue(pair.theirs().receivedBytes() > 1_000_000);
        }
    }

    @Test
    void theirRestartIsHealedByNewHandshake() {
        try (Lab lab = lab()) {
            WireGuardPair pair = open(lab, false, false);
            long first = pair.theirs().latestHandshake();
            pair.theirs().forgetSessions();
            assertTrue(
                    pair.outside().client().reaches(GATEWAY, 30),
                    "no traffic after they forgot all keys");
            assertTrue(pair.theirs().latestHandshake() >= first);
        }
    }
}
