package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.HostState;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Tunnel;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** After a full tunnel, however it ended, the host is as it was before. */
@Tag("interop")
class HostStateInteropIT {
    private static final Duration STOP = Duration.ofSeconds(5);

    @Test
    void undoesEverythingOnInterrupt() {
        undoes(tunnel -> endsCleanly(tunnel, "INT"));
    }

    @Test
    void undoesEverythingOnTerm() {
        undoes(tunnel -> endsCleanly(tunnel, "TERM"));
    }

    @Test
    void undoesEverythingOnDown() {
        undoes(tunnel -> {
            tunnel.clientProgram().run("down", "cvt0").orFail();
            tunnel.client().awaitExit(STOP);
        });
    }

    @Test
    void downUndoesWhatKilledClientLeft() {
        undoes(tunnel -> {
            tunnel.client().killForcibly();
            tunnel.clientProgram().run("down", "cvt0").orFail();
        });
    }

    @Test
    void nextUpUndoesWhatKilledClientLeft() {
        undoes(tunnel -> {
            tunnel.client().killForcibly();
            tunnel.upAgain();
            endsCleanly(tunnel, "TERM");
        });
    }

    @Test
    void undoesEverythingWhenTheInterfaceIsDeleted() {
        undoes(tunnel -> {
            tunnel.outside().client().sh("ip link del cvt0");
            assertEquals(1, tunnel.client().awaitExit(STOP).exit());
        });
    }

    @Test
    void undoesEverythingWhenPostUpFails() {
        try (Lab lab = Lab.open("wg", "nft", "openssl")) {
            Outside outside = Outside.in(lab);
            Tunnel tunnel =
                    Tunnel.open(
                            outside,
                            Road.WSS_4,
                            Tunnel.Options.PLAIN
                                    .withFullTunnel()
                                    .withClientLines("DNS = 10.8.0.1"));
            endsCleanly(tunnel, "TERM");
            HostState before = HostState.of(outside.client());
            String text = read(tunnel);
            var broken =
                    lab.write("bad/cvt0.conf", text.replace("[Peer]", "PostUp = exit 3\n\n[Peer]"));

            var outcome = tunnel.clientProgram().run("up", broken.toString());

            assertEquals(1, outcome.exit(), outcome::toString);
            assertEquals(before, HostState.of(outside.client()));
        }
    }

    private static String read(Tunnel tunnel) {
        try {
            return java.nio.file.Files.readString(tunnel.clientFile());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void undoes(Consumer<Tunnel> end) {
        try (Lab lab = Lab.open("wg", "nft", "openssl")) {
            Outside outside = Outside.in(lab);
            HostState client = HostState.of(outside.client());
            HostState gateway = HostState.of(outside.gateway());
            Tunnel tunnel =
                    Tunnel.open(
                            outside,
                            Road.WSS_4,
                            Tunnel.Options.PLAIN
                                    .withFullTunnel()
                                    .withClientLines("DNS = 10.8.0.1"));
            assertTrue(outside.client().reaches(Outside.WORLD_4, 5));
            HostState during = HostState.of(outside.client());
            assertNotEquals(client.rules(), during.rules());
            assertTrue(during.resolver().contains("10.8.0.1"), during.resolver());

            end.accept(tunnel);

            assertEquals(client, HostState.of(outside.client()));
            tunnel.gateway().signal("TERM");
            assertEquals(0, tunnel.gateway().awaitExit(STOP).exit());
            assertEquals(gateway, HostState.of(outside.gateway()));
        }
    }

    private static void endsCleanly(Tunnel tunnel, String signal) {
        tunnel.client().signal(signal);
        var outcome = tunnel.client().awaitExit(STOP);
        assertEquals(0, outcome.exit(), outcome::toString);
    }
}
