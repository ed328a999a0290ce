package io.culvert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single lines that are wrong or do not do what they seem to: what the operator is told. */
final class WrongLinesTest {
    private static final String KEY = "cV3ISTw2V5pbEWmVEA9jXjVy/fhwPnCO8aCNlDs2d04=";
    private static final String PEER = "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=";
    private static final Path PLACE = Path.of("/etc/wireguard/wg0.conf");

    /** The line is the third of the file; the peer begins at the fourth. */
    private static TunnelFile withLocal(String line) throws ConfigException {
        return TunnelFile.parse(
                PLACE,
                "[Interface]\nPrivateKey = "
                        + KEY
                        + "\n"
                        + line
                        + "\n[Peer]\nPublicKey = "
                        + PEER
                        + "\n");
    }

    /** The lines begin at the fifth of the file. */
    private static TunnelFile withPeer(Path place, String lines) throws ConfigException {
        return TunnelFile.parse(
                place,
                "[Interface]\nPrivateKey = "
                        + KEY
                        + "\n[Peer]\nPublicKey = "
                        + PEER
                        + "\n"
                        + lines
                        + "\n");
    }

    private static String refusalOfLocal(String line) {
        return text(assertThrows(ConfigException.class, () -> withLocal(line)));
    }

    private static String refusalOfPeer(String lines) {
        return text(assertThrows(ConfigException.class, () -> withPeer(PLACE, lines)));
    }

    private static String text(ConfigException e) {
        return String.valueOf(e.getMessage()).substring(PLACE.toString().length() + 1);
    }

    private static List<String> warningsOf(TunnelFile file) {
        return file.warnings().stream()
                .map(warning -> warning.line() + ": " + warning.text())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Address = 10.0.0.1/33 | Address: '10.0.0.1/33' is no prefix",
                "Address = 10.0.0.1/-1 | Address: '10.0.0.1/-1' is no prefix",
                "Address = 10.0.0.256 | Address: '10.0.0.256' is no prefix",
                "Address = fd08::1/129 | Address: 'fd08::1/129' is no prefix",
                "Address = fd08:::1 | Address: 'fd08:::1' is no prefix",
                "DNS = 10.0.0 | DNS: '10.0.0' is no address",
                "DNS = fd08::x | DNS: 'fd08::x' is no address",
                "DNS = a;b | DNS = 'a;b' is wrong",
                "MTU = 575 | MTU = '575' is wrong",
                "MTU = 65536 | MTU = '65536' is wrong",
                "MTU = -1 | MTU = '-1' is wrong",
                "MTU = | MTU = '' is wrong",
                "ListenPort = 65536 | ListenPort = '65536' is wrong",
                "ListenPort = 0x10 | ListenPort = '0x10' is wrong",
                "ListenPort = 99999999999 | ListenPort = '99999999999' is wrong",
                "FwMark = 0x100000000 | FwMark = '0x100000000' is wrong",
                "FwMark = 4294967296 | FwMark = '4294967296' is wrong",
                "FwMark = -1 | FwMark = '-1' is wrong",
                "FwMark = 0xg | FwMark = '0xg' is wrong",
                "Table = a b | Table = 'a b' is wrong",
                "Table = -x | Table = '-x' is wrong",
                "SaveConfig = yes | SaveConfig = 'yes' is wrong",
                "SaveConfig = 1 | SaveConfig = '1' is wrong",
                "#@ KillSwitch = on | KillSwitch = 'on' is wrong",
                "KillSwitch = true | KillSwitch is Culvert's own",
                "#@ MTU = 1400 | MTU stands in a #@ line",
                "PostUp = | PostUp = '' is wrong",
                "AllowedIPs = ::/0 | AllowedIPs stands in [Interface]",
                "PrivateKey = x | PrivateKey stands in line 2 already",
                "MTU | 'MTU' is no setting",
                "Adres = 10.0.0.1 | unknown key 'Adres': did you mean Address?",
                "#@ Killswich = true | unknown key 'Killswich': did you mean #@ KillSwitch?",
                "= 7 | unknown key ''",
                "[interfaces] | unknown section '[interfaces]'",
                "[Interface] | a second [Interface]",
            })
    void refusesALineOfTheInterface(String line, String expected) {
        String refusal = refusalOfLocal(line);
        assertEquals(
                "3: " + expected,
                refusal.substring(0, Math.min(refusal.length(), expected.length() + 3)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AllowedIPs = 10.0.0.0/8/8 | AllowedIPs: '10.0.0.0/8/8' is no prefix",
                "AllowedIPs = all | AllowedIPs: 'all' is no prefix",
                "Endpoint = host | Endpoint = 'host' is wrong",
                "Endpoint = host:0 | Endpoint = 'host:0' is wrong",
                "Endpoint = fd08::1:51820 | Endpoint = 'fd08::1:51820' is wrong",
                "PersistentKeepalive = 65536 | PersistentKeepalive = '65536' is wrong",
                "PersistentKeepalive = 25s | PersistentKeepalive = '25s' is wrong",
                "PresharedKey = short | PresharedKey is no key, it has 5 characters",
                "#@ WebSocket = http://h/ | WebSocket = 'http://h/' is wrong",
                "#@ WebSocket = wss:// | WebSocket = 'wss://' is wrong",
                "#@ WebSocket = wss://h:0/ | WebSocket = 'wss://h:0/' is wrong",
                "#@ WebSocket = wss://h/#x | WebSocket = 'wss://h/#x' is wrong",
                "#@ Pin = sha1/AAAA | Pin = 'sha1/AAAA' is wrong",
                "#@ Proxy = ftp://h:1 | Proxy is no proxy's URL",
                "#@ Proxy = http://h | Proxy is no proxy's URL",
                "#@ CaFile = no.pem | CaFile: there is no file /etc/wireguard/no.pem",
                "MTU = 1400 | MTU stands in [Peer]",
                "#@ KillSwitch = true | KillSwitch stands in [Peer]",
            })
    void refusesALineOfAPeer(String line, String expected) {
        String refusal = refusalOfPeer(line);
        assertEquals(
                "5: " + expected,
                refusal.substring(0, Math.min(refusal.length(), expected.length() + 3)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SECRETSECRETSECRETSECRETSECRETSECRETSECRET0=",
                "SECRETSECRETSECRETSECRETSECRETSECRETSECRET0",
                "PrivateKey SECRETSECRETSECRETSECRETSECRETSECRETSECRET0=",
                "#@ SECRETSECRETSECRETSECRETSECRET =",
                "#@ WebSocket = https://user:SECRET@h/",
                "#@ WebSocket = wss://user:SECRET@h/",
                "#@ WebSocket = https://h/?token=SECRET",
                "Endpoint = wss//user:SECRET@h/",
                "#@ Proxy = user:SECRET@h:1",
                "#@ TokenFile = SECRET",
                "#@ TokenFile = SECRET\u0000",
                "PresharedKey = SECRET",
            })
    void neverShowsWhatMayBeASecret(String line) {
        assertFalse(refusalOfPeer(line).contains("SECRET"), line);
        ConfigException e = assertThrows(ConfigException.class, () -> withPeer(PLACE, line));
        assertFalse(e.key().contains("SECRET"), line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Pin = sha256/ZPRqdSahhtI0ZVJFOuR4ylEkRnT1shuhUL1IOzn3yBI="})
    void refusesTrustThatNobodyChecks(String line) {
        for (String road :
                List.of(
                        "",
                        "Endpoint = h:1\n",
                        "#@ WebSocket = ws://h/\n",
                        "Endpoint = ws://h/\n")) {
            String refusal = refusalOfPeer(road + "#@ " + line);
            assertEquals("Pin means nothing without TLS", refusal.split(": ", -1)[1]);
        }
    }

    @Test
    void refusesAuthoritiesThatNobodyChecks(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("ca.pem"), "");
        ConfigException e =
                assertThrows(
                        ConfigException.class,
                        () -> withPeer(dir.resolve("wg0.conf"), "#@ CaFile = ca.pem"));
        assertEquals("CaFile", e.key());
        assertEquals(5, e.line());
    }

    @Test
    void refusesAPeerWithOurOwnKey() throws Exception {
        String own = withLocal("").local().privateKey().publicKey().toBase64();
        String refusal = refusalOfPeer("[Peer]\nPublicKey = " + own);
        assertEquals(
                "6: PublicKey is that of this file's own PrivateKey: write the key that `culvert"
                        + " pubkey` prints on the other machine",
                refusal);
    }

    @Test
    void warnsOfAFileWithoutPeers() throws Exception {
        TunnelFile file = TunnelFile.parse(PLACE, "[Interface]\nPrivateKey = " + KEY);
        assertEquals(List.of("0: has no [Peer]: nobody can be reached"), warningsOf(file));
    }

    @Test
    void warnsOfABlankThatMakesALineAComment() throws Exception {
        assertEquals(
                List.of("3: a blank after # makes this a comment: write #@ KillSwitch = …"),
                warningsOf(withLocal("# @KillSwitch = true")));
        assertEquals(
                List.of("3: a blank after # makes this a comment: write #@ KillSwitch = …"),
                warningsOf(withLocal("#  @ killswitch = true")));
        for (String comment : List.of("# @home = 1", "# KillSwitch = true", "# @MTU = 1", "#")) {
            assertEquals(List.of(), warningsOf(withLocal(comment)), comment);
        }
    }

    @Test
    void warnsOfAHookThatIsCut() throws Exception {
        String expected = "3: PostUp ends before the #, as in wg-quick: do without it";
        for (String line :
                List.of("PostUp = echo a#b", "PostUp = echo 'a #b'", "PostUp = echo \"a # b\"")) {
            assertEquals(List.of(expected), warningsOf(withLocal(line)), line);
        }
        for (String line : List.of("PostUp = echo a # why", "MTU = 1400#", "PostUp = echo 'a' #")) {
            assertEquals(List.of(), warningsOf(withLocal(line)), line);
        }
    }

    @Test
    void warnsOfATokenThatOthersSeeOrNobodyAsksFor(@TempDir Path dir) throws Exception {
        Path place = dir.resolve("wg0.conf");
        Path token = Files.writeString(dir.resolve("token"), "t");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        String line = "#@ TokenFile = token";

        assertEquals(List.of(), warningsOf(withPeer(place, "#@ WebSocket = wss://h/\n" + line)));
        assertEquals(
                List.of("5: TokenFile means nothing without a WebSocket URL"),
                warningsOf(withPeer(place, line)));
        assertEquals(
                List.of("6: ws:// sends the token in clear: use wss://"),
                warningsOf(withPeer(place, "#@ WebSocket = ws://h/\n" + line)));

        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(
                List.of(
                        "6: everybody on this machine can read the token (rw-r--r--): chmod 600 "
                                + token),
                warningsOf(withPeer(place, "#@ WebSocket = wss://h/\n" + line)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "5", "-1", "two", ""})
    void refusesAsManyConnections(String count) {
        assertEquals(
                "6: Connections = '%s' is wrong: write a number from 1 to 4".formatted(count),
                refusalOfPeer("#@ WebSocket = wss://h/\n#@ Connections = " + count));
    }

    @Test
    void warnsOfConnectionsByUdp() throws Exception {
        assertEquals(
                List.of("5: Connections means nothing without a WebSocket URL"),
                warningsOf(withPeer(PLACE, "#@ Connections = 2")));
    }

    @Test
    void namesWhatAPathOrANameMeans() {
        assertEquals("wg0", TunnelFile.nameOf("/etc/wireguard/wg0.conf"));
        assertEquals("wg0", TunnelFile.nameOf("wg0.conf"));
        assertEquals("wg0", TunnelFile.nameOf("wg0"));
        assertEquals("wg0.x", TunnelFile.nameOf("./wg0.x"));
    }
}
