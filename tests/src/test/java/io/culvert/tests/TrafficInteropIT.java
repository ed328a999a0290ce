package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gateway and a client on every road: pings, streams and a big file, IPv4 and IPv6 inside. */
@Tag("interop")
class TrafficInteropIT {
    private static final long BULK = Long.getLong("culvert.bulkBytes", 1 << 30);

    /** What the other roads carry, whose ends are those of the first. */
    private static final long PART = BULK / 4;

    private static final String[] PROGRAMS = {
        "wg", "iperf3", "curl", "openssl", "ping", "nft", "nginx"
    };

    @ParameterizedTest
    @EnumSource
    void carriesEverything(Road road) {
        try (Lab lab = Lab.open(PROGRAMS)) {
            Outside outside = Outside.in(lab);
            Tunnel.open(outside, road);
            pings(outside.client(), outside.gateway());
            streams(road, outside);
            file(lab, outside, road);
        }
    }

    private static void pings(Namespace client, Namespace gateway) {
        for (int payload : new int[] {0, 56, 1372, 1393, 9000, 65507}) {
            Traffic.ping(client, Tunnel.GATEWAY_4, payload);
        }
        for (int payload : new int[] {0, 56, 1372, 1373, 9000, 65507}) {
            Traffic.ping(client, Tunnel.GATEWAY_6, payload);
        }
        Traffic.ping(gateway, Tunnel.CLIENT_4, 65507);
        Traffic.ping(gateway, Tunnel.CLIENT_6, 65507);
    }

    private static void streams(Road road, Outside outside) {
        String[][] kinds = {
            {Tunnel.GATEWAY_4},
            {Tunnel.GATEWAY_4, "-R"},
            {Tunnel.GATEWAY_4, "-P", "4"},
            {Tunnel.GATEWAY_4, "-P", "4", "-R"},
            {Tunnel.GATEWAY_6},
            {Tunnel.GATEWAY_6, "-R"},
            {Tunnel.GATEWAY_4, "--bidir"},
        };
        for (String[] kind : kinds) {
            String[] options = java.util.Arrays.copyOfRange(kind, 1, kind.length);
            double rate = Traffic.iperf3(outside.client(), outside.gateway(), kind[0], 1, options);
            System.out.printf(
                    "%s iperf3 %s: %.0f Mbit/s%n", road, String.join(" ", kind), rate / 1e6);
            assertTrue(rate > 20e6, () -> road + " " + String.join(" ", kind) + ": " + rate);
        }
    }

    private static void file(Lab lab, Outside outside, Road road) {
        long bytes = road == Road.WSS_4 || road == Road.UDP_4 ? BULK : PART;
        Path file = Traffic.randomFile(lab, bytes);
        Traffic.serve(outside.gateway(), Tunnel.GATEWAY_4, file);
        long startNs = System.nanoTime();
        String sum = Traffic.checksum(Traffic.download(outside.client(), Tunnel.GATEWAY_4, file));
        double seconds = (System.nanoTime() - startNs) / 1e9;
        System.out.printf("%s curl of %d MB: %.1f s%n", road, bytes / 1_000_000, seconds);
        assertEquals(Traffic.sha256(file), sum);
    }
}
