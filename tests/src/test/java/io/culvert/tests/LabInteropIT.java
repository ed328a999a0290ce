package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Capture;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Nginx;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Shell;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.WireGuardDevice;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The laboratory itself, with two programs that others wrote. */
@Tag("interop")
class LabInteropIT {
    private static final String INSIDE = "10.9.0.1";

    @Test
    void carriesTrafficBetweenTwoWireGuardGos() {
        try (Lab lab = Lab.open("wireguard-go", "wg", "iperf3", "tcpdump", "curl")) {
            Outside outside = Outside.in(lab);
            join(lab, outside);
            Capture capture = lab.capture(outside.client(), "c0");

            Traffic.ping(outside.client(), INSIDE, 56);
            Traffic.ping(outside.client(), INSIDE, 65507);
            Path file = Traffic.randomFile(lab, 20_000_000);
            Traffic.serve(outside.gateway(), INSIDE, file);
            String sum = Traffic.checksum(Traffic.download(outside.client(), INSIDE, file));
            double rate = Traffic.iperf3(outside.client(), outside.gateway(), INSIDE, 1);

            assertEquals(Traffic.sha256(file), sum);
            assertTrue(rate > 10e6, "rate " + rate);
            List<Capture.Seen> seen = capture.stop();
            assertTrue(seen.stream().anyMatch(s -> s.touches(Outside.GATEWAY_4, 51820)));
            assertTrue(
                    seen.stream()
                            .filter(s -> !s.isLinkLocal())
                            .allMatch(s -> s.touches(Outside.GATEWAY_4, 51820)),
                    seen::toString);
        }
    }

    @Test
    void linkFailsAndRecoversOnDemand() {
        try (Lab lab = Lab.open("nft", "ping")) {
            Outside outside = Outside.in(lab);
            Namespace client = outside.client();
            assertTrue(client.reaches(Outside.GATEWAY_4, 5));
            assertTrue(client.reaches(Outside.GATEWAY_6, 5));

            outside.outer().blackhole();
            assertFalse(client.reaches(Outside.GATEWAY_4, 1));
            outside.outer().restore();
            assertTrue(client.reaches(Outside.GATEWAY_4, 5));

            outside.outer().moveNear(Outside.CLIENT_4 + "/24", "192.0.2.77/24");
            outside.outer().limit("100mbit");
            assertTrue(client.reaches(Outside.GATEWAY_4, 5));
            assertTrue(client.sh("ip -4 addr show dev c0").contains("192.0.2.77/24"));
            assertTrue(client.sh("cat /etc/resolv.conf").contains("192.0.2.53"));
        }
    }

    @Test
    void nginxConfigurationsServeTheSiteToEverybodyElse() {
        try (Lab lab = Lab.open("nginx", "openssl", "curl")) {
            Outside outside = Outside.in(lab);
            for (String file : List.of("culvert-443.conf", "culvert-unix.conf")) {
                try (Nginx nginx = Nginx.start(outside, file, lab.folder().resolve("run"))) {
                    String curl = "curl -sk --http1.1 https://127.0.0.1";
                    String page = outside.gateway().sh(curl + "/");
                    String missing = outside.gateway().sh(curl + "/nothing-here");
                    String connect = outside.gateway().sh(curl + "/connect");
                    String upgrade =
                            " -H 'Connection: Upgrade' -H 'Upgrade: websocket'"
                                    + " -H 'Sec-WebSocket-Version: 13'"
                                    + " -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='";
                    String refused = outside.gateway().sh(curl + "/connect" + upgrade);

                    assertTrue(page.contains("like any other"), page);
                    assertEquals(missing, connect);
                    assertEquals(missing, refused, "the gateway is down: nobody may see that");
                    assertTrue(nginx.site().toFile().isDirectory());
                }
            }
        }
    }

    @Test
    void leavesNoTrace() {
        String before = Shell.sh("ip netns list; ls /etc/netns 2>/dev/null || true; ip -br link");
        try (Lab lab = Lab.open()) {
            Outside.in(lab).client().start("sleep", "600");
        }
        String after = Shell.sh("ip netns list; ls /etc/netns 2>/dev/null || true; ip -br link");
        assertEquals(before, after);
    }

    private static void join(Lab lab, Outside outside) {
        Keys near = Keys.make();
        Keys far = Keys.make();
        lab.closing(
                new WireGuardDevice(lab, outside.gateway(), far.privateKey(), 51820)
                        .addresses(INSIDE + "/24")
                        .peer(near.publicKey(), "allowed-ips 10.9.0.2/32"));
        lab.closing(
                new WireGuardDevice(lab, outside.client(), near.privateKey(), 51821)
                        .addresses("10.9.0.2/24")
                        .peer(
                                far.publicKey(),
                                "allowed-ips 10.9.0.0/24 endpoint %s:51820"
                                        .formatted(Outside.GATEWAY_4)));
    }
}
