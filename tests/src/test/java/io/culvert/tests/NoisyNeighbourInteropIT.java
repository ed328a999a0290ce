package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.NoisyNeighbour;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Behind the project's nginx one client sends initiations without end; its neighbour's tunnel keeps
 * working, and comes up anew.
 */
@Tag("interop")
class NoisyNeighbourInteropIT {
    private static final Pattern LIMITED = Pattern.compile("\"rate-limited\"\\s*:\\s*(\\d+)");
    private static final String NOISY = "192.0.2.3";

    @ParameterizedTest
    @EnumSource(names = {"WSS_4", "NGINX_4", "NGINX_6_UNIX"})
    void doesNotStarveTheOthers(Road road) {
        try (Lab lab = Lab.open("wg", "ping", "openssl", "nft", "nginx")) {
            Outside outside = Outside.in(lab);
            Tunnel tunnel = Tunnel.open(outside, road);
            // By IPv4 always, as whoever shares the client's /64 would be the same subscriber.
            outside.client().sh("ip addr add " + NOISY + "/24 dev c0");
            floodWhileClientsCome(tunnel, "wss://" + Outside.GATEWAY_4 + "/connect", NOISY);
        }
    }

    private static void floodWhileClientsCome(Tunnel tunnel, String url, String from) {
        Outside outside = tunnel.outside();
        Running noisy =
                NoisyNeighbour.start(
                        outside, url, from, tunnel.gatewayFile().resolveSibling("wg0.conf"));
        for (int i = 0; i < 3; i++) {
            tunnel.restartClient(); // has 20 s, as ever
            Traffic.ping(outside.client(), Tunnel.GATEWAY_4, 1372);
        }
        assertTrue(noisy.isAlive(), "the neighbour gave up: " + noisy.pid());
        String status = tunnel.gatewayProgram().run("show", "--json").orFail().out();
        Matcher limited = LIMITED.matcher(status);
        assertTrue(limited.find(), status);
        System.out.printf("noisy neighbour: %s messages refused%n", limited.group(1));
        assertTrue(Long.parseLong(limited.group(1)) > 1000, status);
        noisy.close();
    }
}
