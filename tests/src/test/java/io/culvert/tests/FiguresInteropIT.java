package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Shell;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import io.culvert.tests.lab.WireGuardDevice;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Figures that a user would ask for: time to the first ping, memory, throughput. */
@Tag("interop")
class FiguresInteropIT {

    @Test
    void startsSoonAndStaysSmall() {
        try (Lab lab = Lab.open("wg", "openssl", "nft")) {
            Outside outside = Outside.in(lab);
            Tunnel tunnel = Tunnel.open(outside, Road.WSS_4);
            assertTrue(outside.client().reaches(Tunnel.GATEWAY_4, 10));
            tunnel.client().signal("TERM");
            tunnel.client().awaitExit(Duration.ofSeconds(5));

            Culvert culvert = tunnel.clientProgram();
            long startNs = System.nanoTime();
            Running client = culvert.start("up", tunnel.clientFile().toString());
            client.awaitLine("^ready", Culvert.START);
            double readySeconds = (System.nanoTime() - startNs) / 1e9;
            assertTrue(outside.client().reaches(Tunnel.GATEWAY_4, 10));
            double pingSeconds = (System.nanoTime() - startNs) / 1e9;

            System.out.printf(
                    "culvert up: ready after %.2f s, first ping after %.2f s;"
                            + " resident memory: client %d MB, gateway %d MB%n",
                    readySeconds, pingSeconds, residentMb(client), residentMb(tunnel.gateway()));
            assertTrue(pingSeconds < 10, "first ping after " + pingSeconds);
            assertTrue(residentMb(client) < 400, "client " + residentMb(client) + " MB");
        }
    }

    @Test
    @Tag("long")
    void outrunsWireGuardGo() {
        double[] theirs = wireGuardGo();
        for (Road road : new Road[] {Road.WSS_4, Road.NGINX_4, Road.NGINX_6_UNIX, Road.UDP_4}) {
            try (Lab lab = Lab.open("wg", "iperf3", "nginx", "openssl")) {
                Outside outside = Outside.in(lab);
                Tunnel.open(outside, road);
                double[] ours = both(outside, Tunnel.GATEWAY_4);
                for (int i = 0; i < 2; i++) {
                    double ratio = ours[i] / theirs[i];
                    System.out.printf(
                            "%s %s: %.0f Mbit/s, wireguard-go %.0f, ratio %.2f%n",
                            road, i == 0 ? "up" : "down", ours[i] / 1e6, theirs[i] / 1e6, ratio);
                    if (!road.isUdp()) {
                        assertTrue(ratio >= 1.5, road + ": ratio " + ratio);
                    }
                }
            }
        }
    }

    private static double[] wireGuardGo() {
        try (Lab lab = Lab.open("wireguard-go", "wg", "iperf3")) {
            Outside outside = Outside.in(lab);
            Keys near = Keys.make();
            Keys far = Keys.make();
            lab.closing(
                    new WireGuardDevice(lab, outside.gateway(), far.privateKey(), 51820)
                            .addresses("10.9.0.1/24")
                            .peer(near.publicKey(), "allowed-ips 10.9.0.2/32"));
            lab.closing(
                    new WireGuardDevice(lab, outside.client(), near.privateKey(), 51821)
                            .addresses("10.9.0.2/24")
                            .peer(
                                    far.publicKey(),
                                    "allowed-ips 10.9.0.0/24 endpoint %s:51820"
                                            .formatted(Outside.GATEWAY_4)));
            assertTrue(outside.client().reaches("10.9.0.1", 10));
            return both(outside, "10.9.0.1");
        }
    }

    private static double[] both(Outside outside, String address) {
        return new double[] {
            Traffic.iperf3(outside.client(), outside.gateway(), address, 8, "-O", "2"),
            Traffic.iperf3(outside.client(), outside.gateway(), address, 8, "-O", "2", "-R")
        };
    }

    private static long residentMb(Running running) {
        String status = Shell.sh("grep VmRSS /proc/%d/status".formatted(running.pid()));
        String kilobytes = status.toLowerCase(Locale.ROOT).replaceAll("[^0-9]", "");
        return Long.parseLong(kilobytes) / 1024;
    }
}
