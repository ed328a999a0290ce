package io.culvert.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.control.InterfaceStatus;
import io.culvert.control.InterfaceStatus.CarrierStatus;
import io.culvert.control.InterfaceStatus.FlowStatus;
import io.culvert.control.InterfaceStatus.PeerStatus;
import io.culvert.control.StatusSocket;
import io.culvert.host.Journal;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.RunDir;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals and status sockets in a folder of the test's own. */
@Tag("loopback")
class ShowIT {
    private static final String PEER = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

    @TempDir private Path folder;
    private final StringWriter told = new StringWriter();
    private RunDir runDir = new RunDir(Path.of("/nowhere"));

    @BeforeEach
    void make() {
        runDir = new RunDir(folder.resolve("run"));
    }

    private Show show() {
        return new Show(new PrintWriter(told), runDir);
    }

    private void claim(String name) throws Exception {
        Journal.claim(runDir, name, Owner.self(), Machine.local());
    }

    private StatusSocket answering(String name, PeerStatus... peers) throws Exception {
        claim(name);
        InterfaceStatus status =
                new InterfaceStatus(
                        name, PEER, 51820, List.of(peers), Map.of("no_route", 2L), null);
        return StatusSocket.open(
                StatusSocket.pathOf(runDir.folder(), name),
                () -> CompletableFuture.completedFuture(status));
    }

    private static PeerStatus peer() {
        return new PeerStatus(
                PEER,
                "192.0.2.1:443",
                new CarrierStatus(
                        "wss",
                        "wss://gw.test/connect",
                        "192.0.2.1:443",
                        "up",
                        "2026-01-02T03:04:05Z",
                        "bbr",
                        null),
                List.of("10.8.0.0/24"),
                null,
                1_536,
                3 << 20,
                25,
                Map.of());
    }

    @Test
    void flowsOfAProxyHaveALineEach() throws Exception {
        claim("desk");
        List<FlowStatus> flows =
                List.of(
                        new FlowStatus(
                                "socks5", "127.0.0.1:5", "a.test:80", 2048, 7, "2026-01-02T03:04Z"),
                        new FlowStatus(
                                "stdio", "stdio", "[fd08::1]:22", 0, 0, "2026-01-02T03:04Z"));
        InterfaceStatus status =
                new InterfaceStatus("desk", PEER, null, List.of(), Map.of(), flows);
        try (StatusSocket _ =
                StatusSocket.open(
                        StatusSocket.pathOf(runDir.folder(), "desk"),
                        () -> CompletableFuture.completedFuture(status))) {
            assertEquals(0, show().text(null));
            assertEquals(
                    List.of(
                            "flow: socks5 from 127.0.0.1:5 to a.test:80, 2.00 KiB received,"
                                    + " 7 B sent",
                            "flow: stdio from stdio to [fd08::1]:22, 0 B received, 0 B sent"),
                    told.toString().lines().filter(line -> line.startsWith("flow: ")).toList());
            told.getBuffer().setLength(0);
            assertEquals(0, show().json("desk"));
            assertTrue(told.toString().contains("\"target\" : \"[fd08::1]:22\""), told + "");
        }
    }

    @Test
    void nothingRunsIsNoFault() throws Exception {
        assertEquals(0, show().text(null));
        assertEquals("", told.toString());
        assertEquals(0, show().json(null));
        assertEquals("[ ]", told.toString().strip());
    }

    @Test
    void saysOfPeersWhatWgShowSaysAndHowTheyAreReached() throws Exception {
        try (StatusSocket _ = answering("home", peer())) {
            assertEquals(0, show().text(null));
        }
        String text = told.toString();
        assertTrue(text.startsWith("interface: home\n  public key: " + PEER), text);
        assertTrue(text.contains("  listening port: 51820\n  drops: 2 no_route\n"), text);
        assertTrue(text.contains("peer: " + PEER + "\n  endpoint: 192.0.2.1:443\n"), text);
        assertTrue(text.contains("  carrier: wss wss://gw.test/connect, up since 2026-"), text);
        assertTrue(text.contains(":05Z, bbr\n"), text);
        assertTrue(text.contains("  transfer: 1.50 KiB received, 3.00 MiB sent\n"), text);
        assertTrue(text.contains("  persistent keepalive: every 25 seconds\n"), text);
        assertFalse(text.contains("handshake"), text);
    }

    @Test
    void oneThatStartsHidesNoOther() throws Exception {
        claim("away");
        try (StatusSocket _ = answering("home")) {
            assertEquals(0, show().text(null));
            assertTrue(told.toString().contains("interface: home\n  public key"), told.toString());
            assertTrue(told.toString().contains("interface: away\n  state: starting"));
            told.getBuffer().setLength(0);
            assertEquals(0, show().json(null));
            assertTrue(told.toString().contains("\"interface\" : \"home\""), told.toString());
            assertFalse(told.toString().contains("away"), told.toString());
        }
    }

    @Test
    void oneThatIsAskedForAndDoesNotAnswerIsAFailureWithItsRemedy() throws Exception {
        claim("away");
        IOException failed = assertThrows(IOException.class, () -> show().json("away"));
        assertTrue(
                String.valueOf(failed.getMessage())
                        .contains("away is starting or ending, it does not answer now: ask again"));
    }

    @Test
    void nameThatNobodyHasIsRefused() {
        assertThrows(WrongInput.class, () -> show().text("home"));
    }
}
