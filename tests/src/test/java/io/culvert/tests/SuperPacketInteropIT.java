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

/**
 * What came through the tunnel as a super-packet goes on to another machine, by network address
 * translation and a device of another kind than the tunnel's.
 */
@Tag("interop")
class SuperPacketInteropIT {
    private static final String[] PROGRAMS = {
        "wg", "iperf3", "curl", "openssl", "ping", "nft", "ethtool"
    };
    private static final long BYTES = 120_000_000;

    /** The cable from the gateway to the world. */
    enum Beyond {
        OFFLOADS_ON("true"),
        OFFLOADS_OFF("ethtool -K %1$s tx off sg off tso off gso off gro off >/dev/null"),
        /** Smaller than the segments that super-packets are made of: ICMP must get back. */
        SMALL_MTU("ip link set %1$s mtu 1280");

        private final String command;

        Beyond(String command) {
            this.command = command;
        }

        void make(Namespace where, String device) {
            where.sh(command.formatted(device));
        }
    }

    @ParameterizedTest
    @EnumSource
    void forwardedTrafficIsWhole(Beyond beyond) {
        try (Lab lab = Lab.open(PROGRAMS)) {
            Outside outside = Outside.in(lab);
            beyond.make(outside.gateway(), "g1");
            beyond.make(outside.world(), "w0");
            Tunnel.open(outside, Road.WSS_4, Tunnel.Options.PLAIN.withFullTunnel());
            Traffic.ping(outside.client(), Outside.WORLD_4, 56);
            Path file = Traffic.randomFile(lab, BYTES);
            String sum = Traffic.sha256(file);
            Traffic.serve(outside.world(), Outside.WORLD_4, file);
            assertEquals(
                    sum,
                    Traffic.checksum(Traffic.download(outside.client(), Outside.WORLD_4, file)));
            for (String world : new String[] {Outside.WORLD_4, Outside.WORLD_6}) {
                double up = Traffic.iperf3(outside.client(), outside.world(), world, 2);
                double down = Traffic.iperf3(outside.client(), outside.world(), world, 2, "-R");
                System.out.printf(
                        "%s %s: %.0f up, %.0f down Mbit/s%n", beyond, world, up / 1e6, down / 1e6);
                assertTrue(up > 50e6 && down > 50e6, beyond + ": " + up + ", " + down);
            }
        }
    }
}
