package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.HostState;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** wg-quick brings up a file with {@code #@ WebSocket} lines, which it takes for comments. */
@Tag("interop")
class WgQuickWebSocketInteropIT {
    private static final String NAME = "cvt0";

    /** wg-quick in the client's namespace, with Culvert for its userspace implementation. */
    private record WgQuick(Namespace client, Path file, Map<String, String> environment) {
        static WgQuick of(Tunnel tunnel) {
            Lab lab = tunnel.outside().lab();
            Path link = lab.folder().resolve("culvert-wg");
            Namespace client = tunnel.outside().client();
            client.sh("ln -s %s %s".formatted(Culvert.launcher(), link));
            Map<String, String> environment =
                    Map.of(
                            "WG_QUICK_USERSPACE_IMPLEMENTATION",
                            link.toString(),
                            "CULVERT_RUNTIME_DIR",
                            tunnel.clientProgram().runtime().toString());
            return new WgQuick(client, tunnel.clientFile(), environment);
        }

        Outcome run(String word) {
            return client.run(
                    Duration.ofMinutes(1), environment, "wg-quick", word, file.toString());
        }
    }

    /** A gateway, and a client whose own tunnel is down again. */
    private static Tunnel gateway(Lab lab, Tunnel.Options options) {
        Tunnel tunnel = Tunnel.open(Outside.in(lab), Road.WSS_4, options);
        tunnel.client().signal("TERM");
        tunnel.client().awaitExit(Duration.ofSeconds(10)).orFail();
        return tunnel;
    }

    @Test
    void reachesTheGatewayByWebSocketAndLeavesNothing() {
        try (Lab lab = Lab.open("wg", "wg-quick", "openssl", "ping")) {
            Tunnel tunnel = gateway(lab, Tunnel.Options.PLAIN);
            WgQuick quick = WgQuick.of(tunnel);
            Namespace client = tunnel.outside().client();
            HostState before = HostState.of(client);
            quick.run("up").orFail();
            Traffic.ping(client, Tunnel.GATEWAY_4, 1300);
            Traffic.ping(client, Tunnel.GATEWAY_6, 1300);
            String shown = client.sh("wg show " + NAME);
            assertTrue(shown.contains("endpoint: 192.0.2.1:443"), shown);
            String status = tunnel.clientProgram().run("show", NAME).orFail().out();
            assertTrue(status.contains("wss://192.0.2.1/connect"), status);
            quick.run("down").orFail();
            assertEquals(before, HostState.of(client));
        }
    }

    @Test
    void aFullTunnelsOwnConnectionStaysOutsideByWgQuicksMark() {
        try (Lab lab = Lab.open("wg", "wg-quick", "openssl", "ping", "iptables")) {
            var full = Tunnel.Options.PLAIN.withFullTunnel().withoutKillSwitch();
            Tunnel tunnel = gateway(lab, full);
            WgQuick quick = WgQuick.of(tunnel);
            Namespace client = tunnel.outside().client();
            quick.run("up").orFail();
            Traffic.ping(client, Outside.WORLD_4, 8000);
            Traffic.ping(client, Outside.WORLD_6, 8000);
            long sent =
                    Long.parseLong(client.sh("wg show cvt0 transfer").strip().split("\\s+", -1)[2]);
            assertTrue(sent > 80_000, "through the tunnel went only " + sent);
            quick.run("down").orFail();
        }
    }

    @Test
    void aKillSwitchThatNobodyWouldRaiseIsRefused() {
        try (Lab lab = Lab.open("wg", "wg-quick", "openssl", "nft")) {
            Tunnel tunnel = gateway(lab, Tunnel.Options.PLAIN.withFullTunnel());
            Outcome outcome = WgQuick.of(tunnel).run("up");
            assertTrue(outcome.exit() != 0, outcome::toString);
            assertTrue(outcome.err().contains("wg-quick raises no kill switch"), outcome::toString);
        }
    }
}
