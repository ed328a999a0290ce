package io.culvert.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.ConfigException;
import io.culvert.crypto.PublicKey;
import io.culvert.server.config.GatewayConfig.DoorKind;
import io.culvert.server.config.GatewayConfig.Effective;
import io.culvert.server.config.ListenAddress.Http;
import io.culvert.server.config.ListenAddress.Https;
import io.culvert.server.config.ListenAddress.Udp;
import io.culvert.server.config.ListenAddress.Unix;
import io.culvert.server.config.RelayConfig.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GatewayConfigTest {
    private static final String LEAST = "tunnel: wg0.conf\nlisten:\n  - https://0.0.0.0:443\n";

    @TempDir private Path folder;

    @Test
    void refusesAFileThatIsNotUtf8() throws Exception {
        Path file = folder.resolve("gateway.yaml");
        Files.write(file, new byte[] {'#', ' ', (byte) 0xe4, '\n'});
        ConfigException refusal =
                assertThrows(
                        ConfigException.class, () -> GatewayConfig.load(file, Map.of(), Map.of()));
        assertEquals(file + ": not UTF-8 text: save it as UTF-8", refusal.getMessage());
    }

    @Test
    void readsTheWholeFile() throws Exception {
        Files.writeString(folder.resolve("tokens.txt"), "a\n");
        Files.writeString(folder.resolve("fullchain.pem"), "");
        Files.writeString(folder.resolve("privkey.pem"), "");
        Files.createDirectory(folder.resolve("html"));
        GatewayConfig config =
                load(
                        """
                        tunnel: wg0.conf
                        inside: tun                     # a remark
                        listen:
                          - https://0.0.0.0:443
                          - http://127.0.0.1:8080
                          - unix:///run/culvert/http.sock
                          - udp://[::]:51820
                        path: /ws
                        tokens: tokens.txt
                        nat: true
                        tls: {certificate: fullchain.pem, key: privkey.pem}
                        trustedProxies: [127.0.0.0/8, "fd00::/8"]
                        website: html
                        """);
        assertEquals(folder.resolve("wg0.conf"), config.tunnel());
        assertEquals(
                List.of(
                        new Https("0.0.0.0", 443),
                        new Http("127.0.0.1", 8080),
                        new Unix(Path.of("/run/culvert/http.sock")),
                        new Udp("::", 51_820)),
                config.listen());
        assertEquals("/ws", config.path());
        assertEquals(DoorKind.TOKEN, config.door());
        assertEquals(folder.resolve("tokens.txt"), config.tokens());
        assertTrue(config.nat());
        assertEquals(
                new TlsFiles(folder.resolve("fullchain.pem"), folder.resolve("privkey.pem")),
                config.tls());
        assertEquals("[127.0.0.0/8, fd00::/8]", config.trustedProxies().toString());
        assertEquals(new Website.Folder(folder.resolve("html")), config.website());
    }

    @Test
    void fillsInDefaults() throws Exception {
        GatewayConfig config = load(LEAST);
        assertEquals("/connect", config.path());
        assertEquals(DoorKind.KNOCK, config.door());
        assertNull(config.tokens());
        assertNull(config.tls());
        assertInstanceOf(Website.Plain.class, config.website());
        assertEquals(List.of(), config.trustedProxies());
    }

    @Test
    void takesOneAddressForAList() throws Exception {
        GatewayConfig config = load("tunnel: a.conf\nlisten: http://[::1]:80\n");
        assertEquals(List.of(new Http("::1", 80)), config.listen());
        assertEquals("http://[::1]:80", config.listen().get(0).toString());
    }

    @Test
    void readsRelaysBesideATunnel() throws Exception {
        Files.writeString(folder.resolve("friends.txt"), "a\n");
        String key = Base64.getEncoder().encodeToString(new byte[32]);
        GatewayConfig config =
                load(
                        LEAST
                                + """
                                relay:
                                  - path: /friends
                                    to: udp://[fd00::1]:51820
                                    tokens: friends.txt
                                  - {path: /key, to: "udp://wg.lan", publicKey: "%s"}
                                  - {path: /any, to: "udp://10.0.0.1:53", anyDatagram: true}
                                """
                                        .formatted(key));
        assertEquals(
                List.of(
                        new RelayConfig(
                                "/friends",
                                new Target("fd00::1", 51_820),
                                DoorKind.TOKEN,
                                folder.resolve("friends.txt"),
                                null,
                                false),
                        new RelayConfig(
                                "/key",
                                new Target("wg.lan", 51_820),
                                DoorKind.KNOCK,
                                null,
                                PublicKey.parse(key),
                                false)),
                config.relays().subList(0, 2));
        assertTrue(config.relays().getLast().anyDatagram());
        assertEquals("udp://[fd00::1]:51820", config.relays().getFirst().to().toString());
        assertTrue(
                config.effective()
                        .contains(
                                new Effective(
                                        "relay",
                                        "/friends to udp://[fd00::1]:51820, /key to udp://wg.lan,"
                                                + " /any to udp://10.0.0.1:53",
                                        config.file() + ":4")));
    }

    @Test
    void takesTheGatewaysDoorForARelayWithoutOne() throws Exception {
        Files.writeString(folder.resolve("all.txt"), "a\n");
        String relay = "relay: [{path: /w, to: 'udp://a'}]\n";
        assertEquals(
                folder.resolve("all.txt"),
                load(LEAST + "tokens: all.txt\n" + relay).relays().getFirst().tokens());
        assertEquals(
                DoorKind.OPEN, load(LEAST + "door: open\n" + relay).relays().getFirst().door());
    }

    @Test
    void needsNoTunnelToRelay() throws Exception {
        String listen = "listen: http://127.0.0.1:80\n";
        String relay = "relay: [{path: /connect, to: 'udp://a', door: open}]\n";
        assertNull(load(listen + relay).tunnel());
        assertRefused(listen, "no tunnel: add `tunnel: wg0.conf`");
        assertRefused(
                listen + "relay: [{path: /w, to: 'udp://a'}]\n",
                "relay: nothing to knock with, as there is no tunnel");
        assertRefused(listen + "nat: true\n" + relay, "nat: nothing to masquerade");
        assertRefused(
                "listen: ['udp://[::]:1']\n" + relay, "listen: udp://[::]:1 without a tunnel");
    }

    private void assertRefused(String text, String what) {
        ConfigException refusal = assertThrows(ConfigException.class, () -> load(text));
        assertTrue(String.valueOf(refusal.getMessage()).contains(what), refusal.getMessage());
    }

    @Test
    void resolvesPathsAgainstTheFilesFolder() throws Exception {
        GatewayConfig config = load("tunnel: ../wg0.conf\nlisten: unix://run/a.sock\n");
        assertEquals(folder.resolveSibling("wg0.conf"), config.tunnel());
        assertEquals(List.of(new Unix(folder.resolve("run/a.sock"))), config.listen());
    }

    @Test
    void prefersCommandLineToEnvironmentToFile() throws Exception {
        Path file = write(LEAST + "path: /file\ndoor: open\nnat: true\n");
        GatewayConfig config =
                GatewayConfig.load(
                        file,
                        Map.of("path", "/line"),
                        Map.of("CULVERT_PATH", "/environment", "CULVERT_DOOR", "knock"));
        assertEquals("/line", config.path());
        assertEquals(DoorKind.KNOCK, config.door());
        assertEquals(
                List.of(
                        new Effective("inside", "tun", "default"),
                        new Effective("path", "/line", "command line"),
                        new Effective("door", "knock", "environment CULVERT_DOOR"),
                        new Effective("nat", "true", file + ":6"),
                        new Effective("website", "-", "default")),
                config.effective().stream()
                        .filter(row -> row.key().matches("inside|path|door|nat|website"))
                        .toList());
        assertEquals(GatewayKey.values().length, config.effective().size());
    }

    @Test
    void takesListsFromTheEnvironment() throws Exception {
        GatewayConfig config =
                GatewayConfig.load(
                        write(LEAST),
                        Map.of(),
                        Map.of(
                                "CULVERT_LISTEN", "http://127.0.0.1:1, udp://0.0.0.0:2",
                                "CULVERT_TRUSTED_PROXIES", "10.0.0.0/8",
                                "CULVERT_HOME", "/not/ours"));
        assertEquals(List.of(new Http("127.0.0.1", 1), new Udp("0.0.0.0", 2)), config.listen());
        assertEquals("[10.0.0.0/8]", config.trustedProxies().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "webiste: html | 4 | unknown key \"webiste\": did you mean \"website\"?",
                "tls: {cert: a} | 4 | unknown key \"tls.cert\": did you mean \"tls.certificate\"?",
                "tls: a.pem | 4 | tls: not a group",
                "nat: yes | 4 | nat: \"yes\" is neither true nor false",
                "nat: [true] | 4 | nat: a list where one value belongs",
                "path: {a: b} | 4 | path: a group where a value belongs",
                "path: connect | 4 | path: \"connect\" is not a path",
                "path: /a/../b | 4 | path: \"/a/../b\" is not a path",
                "path: | 4 | path: no value",
                "door: ajar | 4 | door: \"ajar\" is not known: write `knock` or `open`",
                "inside: tap | 4 | inside: \"tap\" is not known",
                "tokens: none.txt | 4 | is not a readable file",
                "website: none | 4 | is not a readable folder",
                "website: 'http://' | 4 | is not a web server's URL",
                "trustedProxies: 10.0.0.0/40 | 4 | trustedProxies: ",
                "tls: {certificate: a.pem} | 4 | tls.certificate: stands alone",
                "tls: {key: a.pem} | 4 | tls.key: stands alone",
                "tunnel: again | 4 | ",
                "relay: /wg | 4 | relay: not a list",
                "relay: [] | 4 | relay: an empty list",
                "relay: [/wg] | 4 | relay: not a group",
                "relay: [{path: /wg}] | 4 | relay: no to: add `to: udp://HOST:51820`",
                "relay: [{to: 'udp://a:1'}] | 4 | relay: no path: add `path: /wg`",
                "relay: [{pth: /wg}] | 4 | relay: unknown key \"pth\": did you mean \"path\"?",
                "relay: [{path: wg, to: 'udp://a:1'}] | 4 | relay.path: \"wg\" is not a path",
                "relay: [{path: /connect, to: 'udp://a:1'}] | 4 | relay.path: /connect is taken",
                "relay: [{path: /w, to: 'http://a:1'}] | 4 | relay.to: \"http://a:1\" is not UDP",
                "relay: [{path: /w, to: 'udp://a:0'}] | 4 | relay.to: port 0 is nowhere",
                "relay: [{path: /w, to: 'a:1'}] | 4 | relay.to: ",
                "relay: [{path: /w, path: /x, to: 'udp://a:1'}] | 4 | ",
                "relay: [{path: /w, to: 'udp://a', tokens: none}] | 4 | not a readable file",
                "relay: [{path: /w, to: 'udp://a', publicKey: a}] | 4 | relay.publicKey: no public",
                "relay: [{path: /w, to: 'udp://a', door: shut}] | 4 | relay.door: \"shut\" is not",
                "relay: [{path: /w, to: 'udp://a', anyDatagram: si}] | 4 | relay.anyDatagram: \"si",
                "'path: \"a' | 4 | not YAML",
            })
    void refusesWithLineAndRemedy(String line, int where, String what) throws Exception {
        Path file = write(LEAST + line + "\n");
        String message = refusal(file);
        assertTrue(message.startsWith(file + ":" + where + ": "), message);
        assertTrue(message.contains(what == null ? "" : what), message);
        assertEquals(1, message.lines().count(), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a:1",
                "https://",
                "https://a:99999",
                "http://a:1/path",
                "http://a:1/?q",
                "https://user@a:1",
                "0.0.0.0:443",
                "unix://",
                "'http://a b:1'"
            })
    void refusesWhatIsNoAddress(String address) throws Exception {
        Path file = write("tunnel: a.conf\nlisten: [\"http://b:2\", " + address + "]\n");
        String message = refusal(file);
        assertTrue(message.startsWith(file + ":2: listen: "), message);
        assertTrue(message.contains("write https://HOST:PORT"), message);
    }

    @Test
    void refusesAFileWithoutTunnelOrListen() throws Exception {
        assertTrue(refusal(write("listen: http://a:1\n")).contains(": no tunnel: add "));
        assertTrue(refusal(write("tunnel: a.conf\n")).contains(": no listen: add "));
        assertTrue(refusal(write("tunnel: a.conf\nlisten: []\n")).contains("an empty list"));
        assertTrue(refusal(write("")).contains(": no tunnel: add "));
        assertTrue(refusal(write("# nothing\n")).contains(": no tunnel: add "));
        assertTrue(refusal(write("- a\n")).contains("not a mapping"));
        assertTrue(refusal(folder.resolve("absent.yaml")).contains("cannot be read"));
    }

    @Test
    void refusesAnAddressGivenTwice() throws Exception {
        String message = refusal(write("tunnel: a\nlisten: ['http://a:1', 'http://a:1']\n"));
        assertTrue(message.contains("http://a:1 is given twice"), message);
    }

    @Test
    void refusesADoorBesideTokens() throws Exception {
        Files.writeString(folder.resolve("tokens.txt"), "a\n");
        String message = refusal(write(LEAST + "door: open\ntokens: tokens.txt\n"));
        assertTrue(message.contains("door: stands beside `tokens`"), message);
    }

    @Test
    void namesTheSourceThatIsWrong() throws Exception {
        Path file = write(LEAST);
        String message = refusal(file, Map.of("nat", "perhaps"));
        assertTrue(message.startsWith("command line: nat: "), message);
        assertEquals(
                "command line: unknown key \"nta\": did you mean \"nat\"?",
                refusal(file, Map.of("nta", "x")));
    }

    private GatewayConfig load(String yaml) throws Exception {
        return GatewayConfig.load(write(yaml), Map.of(), Map.of());
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("gateway.yaml"), yaml);
    }

    private static String refusal(Path file) {
        return refusal(file, Map.of());
    }

    private static String refusal(Path file, Map<String, String> overrides) {
        return String.valueOf(
                assertThrows(
                                ConfigException.class,
                                () -> GatewayConfig.load(file, overrides, Map.of()))
                        .getMessage());
    }
}
