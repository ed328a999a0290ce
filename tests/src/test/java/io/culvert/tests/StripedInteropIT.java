package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tunnel by several connections at once ({@code #@ Connections}). */
@Tag("interop")
class StripedInteropIT {
    private static final int CONNECTIONS = 3;
    private static final long BEGUN_BYTES = 5_000_000;

    /** At the sockets, each by a process of its own: some ten milliseconds. */
    private static final int LOOKS = 1000;

    private static final Tunnel.Options STRIPED =
            Tunnel.Options.PLAIN.withPeerLines("#@ Connections = " + CONNECTIONS);
    private static final Pattern SOCKET =
            Pattern.compile("\\S+:(\\d+)\\s+\\S+:443\\b.*?bytes_received:(\\d+)", Pattern.DOTALL);

    @ParameterizedTest
    @EnumSource(names = {"WSS_4", "NGINX_6_UNIX"})
    void flowsSpreadOverAllConnectionsAndArriveWhole(Road road) {
        try (Lab lab = Lab.open("wg", "curl", "openssl", "ss", "nginx")) {
            Outside outside = Outside.in(lab);
            Tunnel tunnel = Tunnel.open(outside, road, STRIPED);
            Path file = Traffic.randomFile(lab, 30_000_000);
            Traffic.serve(outside.gateway(), Tunnel.GATEWAY_4, file);
            for (int i = 0; i < 3; i++) {
                String[] options = {"--limit-rate", "10M"};
                Running first = download(outside, file, options);
                Running second = download(outside, file, options);
                Running third = download(outside, file, options);
                for (Running download : new Running[] {first, second, third}) {
                    assertEquals(Traffic.sha256(file), Traffic.checksum(download));
                }
            }
            assertTrue(tunnel.clientProgram().run("show").out().contains("3 connections"));
            Map<Integer, Long> received = sockets(outside);
            assertEquals(CONNECTIONS, received.size(), received::toString);
            received.forEach((port, bytes) -> assertTrue(bytes > 5_000_000, received::toString));
        }
    }

    private static Running download(Outside outside, Path file, String... options) {
        return Traffic.download(outside.client(), Tunnel.GATEWAY_4, file, options);
    }

    /** Bytes received by each of the client's connections, by its port. */
    private static Map<Integer, Long> sockets(Outside outside) {
        Map<Integer, Long> sockets = new TreeMap<>();
        String text = outside.client().sh("ss -tniH state established dport = :443");
        for (MatchResult match : SOCKET.matcher(text).results().toList()) {
            sockets.put(Integer.valueOf(match.group(1)), Long.valueOf(match.group(2)));
        }
        return sockets;
    }

    @Test
    void aDeadConnectionHoldsUpItsOwnFlowsOnlyAndTheyGoOn() {
        try (Lab lab = Lab.open("wg", "curl", "openssl", "ss", "nft")) {
            Outside outside = Outside.in(lab);
            Tunnel tunnel = Tunnel.open(outside, Road.WSS_4, STRIPED);
            Path file = Traffic.randomFile(lab, 150_000_000);
            Traffic.serve(outside.gateway(), Tunnel.GATEWAY_4, file);
            Running download = download(outside, file, "--limit-rate", "20M");
            int busiest = busiest(outside);
            assertTrue(download.isAlive(), download::toString);

            outside.client()
                    .sh(
                            "nft add table ip cut; nft add chain ip cut out"
                                    + " '{ type filter hook output priority 0; }';"
                                    + " nft add rule ip cut out tcp sport %d drop"
                                            .formatted(busiest));
            String pings =
                    outside.client()
                            .run("ping", "-n", "-i", "0.1", "-c", "50", Tunnel.GATEWAY_4)
                            .out();

            assertTrue(pings.contains(" 0% packet loss"), pings);
            assertEquals(Traffic.sha256(file), Traffic.checksum(download));
            tunnel.client().awaitLines("connected to", CONNECTIONS + 1, Duration.ofSeconds(20));
        }
    }

    /** The connection that a download goes by, once it has begun. */
    private static int busiest(Outside outside) {
        for (int look = 0; look < LOOKS; look++) {
            for (Map.Entry<Integer, Long> socket : sockets(outside).entrySet()) {
                if (socket.getValue() > BEGUN_BYTES) {
                    return socket.getKey();
                }
            }
        }
        throw new AssertionError("no download has begun: " + sockets(outside));
    }

    @Test
    void allConnectionsComeBackAfterTheGatewayWasKilled() {
        try (Lab lab = Lab.open("wg", "curl", "openssl", "ss")) {
            Outside outside = Outside.in(lab);
            Tunnel tunnel = Tunnel.open(outside, Road.WSS_4, STRIPED);
            Path file = Traffic.randomFile(lab, 120_000_000);
            Traffic.serve(outside.gateway(), Tunnel.GATEWAY_4, file);
            Running download = download(outside, file, "--limit-rate", "20M");
            busiest(outside);
            tunnel.restartGateway();
            assertEquals(Traffic.sha256(file), Traffic.checksum(download));
            assertEquals(CONNECTIONS, sockets(outside).size());
            assertTrue(outside.client().reaches(Tunnel.GATEWAY_6, 5));
        }
    }
}
