package io.culvert.app.init;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.app.command.Commands;
import io.culvert.app.command.Failures;
import io.culvert.app.run.WrongInput;
import io.culvert.config.PeerSection;
import io.culvert.config.TunnelFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final InitPlan.Here USER = new InitPlan.Here(false, false, "192.0.2.9");
    private static final InitPlan.Here ROOT = new InitPlan.Here(true, true, "192.0.2.9");

    @TempDir private Path folder;

    private final StringWriter out = new StringWriter();

    private InitWish wish(String endpoint, String peers) {
        return new InitWish(
                folder,
                endpoint,
                List.of(peers.split(",", -1)),
                List.of("10.8.0.0/24", "fd08::/64"),
                List.of(),
                false);
    }

    private void init(InitWish wish, InitPlan.Here here) throws Exception {
        Init.run(wish, here, new PrintWriter(out), NOW);
    }

    private String text(String file) throws Exception {
        return Files.readString(folder.resolve(file));
    }

    private String mode(String file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file)));
    }

    @Test
    void gatewayWithoutRootIsUserspaceAtAHighPort() throws Exception {
        init(wish("vpn.example.com", "1"), USER);
        assertTrue(text("gateway.yaml").contains("\ninside: userspace "), text("gateway.yaml"));
        assertTrue(text("gateway.yaml").contains("https://[::]:8443\n"), text("gateway.yaml"));
        assertTrue(out.toString().contains("inside: userspace, as this is not root"), out + "");
    }

    @Test
    void gatewayOfRootHasADeviceAndNat() throws Exception {
        init(wish("vpn.example.com", "1"), ROOT);
        assertTrue(text("gateway.yaml").contains("\ninside: tun\nnat: true"), text("gateway.yaml"));
        assertTrue(text("gateway.yaml").contains("https://[::]:443\n"), text("gateway.yaml"));
    }

    @Test
    void filesFitEachOther() throws Exception {
        init(wish("vpn.example.com:444", "phone,laptop"), USER);
        TunnelFile gateway = TunnelFile.read(folder.resolve("wg0.conf"));
        TunnelFile laptop = TunnelFile.read(folder.resolve("laptop.conf"));
        assertEquals(2, gateway.peers().size());
        assertEquals("[10.8.0.1/24, fd08::1/64]", gateway.local().addresses().toString());
        PeerSection known = gateway.peers().get(1);
        assertEquals(laptop.local().privateKey().publicKey(), known.publicKey());
        assertEquals("[10.8.0.3/32, fd08::3/128]", known.allowedIps().toString());
        assertEquals(known.allowedIps(), laptop.local().addresses());
        assertEquals("[10.8.0.1, fd08::1]", laptop.local().dnsServers().toString());
        PeerSection server = laptop.peers().getFirst();
        assertEquals(gateway.local().privateKey().publicKey(), server.publicKey());
        assertEquals("wss://vpn.example.com:444/connect", server.webSocket() + "");
        assertEquals("vpn.example.com:51820", server.endpoint() + "");
        assertEquals("[0.0.0.0/0, ::/0]", server.allowedIps().toString());
        assertEquals(1, server.pins().size());
        assertEquals(List.of(), gateway.warnings());
        assertEquals(List.of(), laptop.warnings());
    }

    @Test
    void keysAreTheirOwnersAlone() throws Exception {
        init(wish("h", "2"), USER);
        assertEquals("rw-------", mode("wg0.conf"));
        assertEquals("rw-------", mode("client1.conf"));
        assertEquals("rw-------", mode("client2.conf"));
        assertFalse(text("client1.conf").equals(text("client2.conf")));
        String key =
                TunnelFile.read(folder.resolve("client1.conf")).local().privateKey().toBase64();
        assertFalse(out.toString().contains(key));
    }

    @ParameterizedTest
    @CsvSource({
        "vpn.example.com, vpn.example.com:51820, wss://vpn.example.com/connect",
        "192.0.2.1:8443, 192.0.2.1:51820, wss://192.0.2.1:8443/connect",
        "[2001:db8::1]:443, [2001:db8::1]:51820, wss://[2001:db8::1]/connect",
        "2001:db8::1, [2001:db8::1]:51820, wss://[2001:db8::1]/connect",
        ", 192.0.2.9:51820, wss://192.0.2.9/connect"
    })
    void endpointsAreOfAllKinds(String endpoint, String udp, String webSocket) throws Exception {
        init(wish(endpoint, "1"), ROOT);
        assertTrue(text("client.conf").contains("Endpoint = " + udp + "\n"), text("client.conf"));
        assertTrue(text("client.conf").contains("= " + webSocket + "\n"), text("client.conf"));
        assertEquals(endpoint == null, out.toString().contains("if that is not how others"));
    }

    @ParameterizedTest
    @CsvSource({"gateway.yaml, 1", "wg0.conf, 1", "client.conf, 1", "b.conf, 'a,b'"})
    void nothingIsWrittenOver(String file, String peers) throws Exception {
        Files.writeString(folder.resolve(file), "mine");
        WrongInput refused = assertThrows(WrongInput.class, () -> init(wish("h", peers), USER));
        assertTrue((refused.getMessage() + "").startsWith(folder.resolve(file) + " exists"));
        assertEquals("mine", text(file));
        try (Stream<Path> entries = Files.list(folder)) {
            assertEquals(1, entries.count());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--endpoint, a b, is no host",
        "--endpoint, h:0, is no host",
        "--peers, 0, are too many or none",
        "--peers, 5000, are too many or none",
        "--peers, 'a,a', cannot be a peer's name",
        "--peers, ../x, cannot be a peer's name",
        "--peers, wg0, cannot be a peer's name",
        "--peers, '', cannot be a peer's name",
        "--address, 10.8.0.0/31, has not enough addresses",
        "--address, 10.8.0, --address",
        "--dns, h, is no address"
    })
    void wrongInputIsOneLineWithCodeTwo(String option, String value, String said) {
        StringWriter err = new StringWriter();
        Failures failures = new Failures();
        String[] used = {"init", folder + "", option, value};
        int code =
                Commands.parser(used)
                        .setErr(new PrintWriter(err, true))
                        .setOut(new PrintWriter(out, true))
                        .setExecutionExceptionHandler(failures)
                        .setParameterExceptionHandler(failures)
                        .execute(used);
        assertEquals(2, code, err::toString);
        assertTrue(err.toString().contains(said), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    @Test
    void theLastAddressIsNobodys() throws Exception {
        InitWish few =
                new InitWish(folder, "h", List.of("253"), List.of("10.8.0.0/24"), List.of(), false);
        init(few, USER);
        assertTrue(text("client253.conf").contains("10.8.0.254/32"));
        InitWish more =
                new InitWish(
                        folder.resolve("m"),
                        "h",
                        List.of("254"),
                        List.of("10.8.0.0/24"),
                        List.of(),
                        false);
        assertThrows(WrongInput.class, () -> init(more, USER));
    }

    @Test
    void codeIsPrintedOnlyOnRequestBelowAWarning() throws Exception {
        InitWish wish = wish("h", "phone");
        init(
                new InitWish(
                        folder, "h", wish.peers(), wish.addresses(), List.of("10.8.0.1"), true),
                USER);
        String[] parts = out.toString().split("It holds the private key", -1);
        assertEquals(2, parts.length);
        assertFalse(parts[0].contains("█"));
        assertTrue(parts[1].contains("█") && parts[1].contains("▀"));
    }
}
