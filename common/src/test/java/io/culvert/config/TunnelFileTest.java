package io.culvert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TunnelFileTest {
    private static final String KEY = "cHJpdmF0ZSBrZXkgb2YgdGhlIHRlc3RzIHNvIGxvbmc=";
    private static final Path PLACE = Path.of("/etc/wireguard/home.conf");

    private static TunnelFile full() throws Exception {
        return TunnelFile.read(TunnelFileErrorsTest.folder().resolve("full.conf"));
    }

    @Test
    void readsEveryKeyOfTheInterface() throws Exception {
        TunnelFile file = full();
        InterfaceSection local = file.local();

        assertEquals("full", file.name());
        assertEquals(
                List.of("10.8.0.2/32", "fd08::2/128", "10.9.0.1/24"),
                local.addresses().stream().map(IpPrefix::toString).toList());
        assertEquals(
                List.of(IpAddress.parse("10.8.0.1"), IpAddress.parse("fd08::1")),
                local.dnsServers());
        assertEquals(List.of("corp.example"), local.searchDomains());
        assertEquals(1380, local.mtu());
        assertEquals(new RoutingTable.Named("1234"), local.table());
        assertEquals(51820L, local.fwMark());
        assertEquals(51821, local.listenPort());
        assertTrue(local.saveConfig());
        assertTrue(local.killSwitch());
        assertEquals(List.of("echo pre full"), file.hooks().preUp());
        assertEquals(
                List.of("iptables -A FORWARD -i full -j ACCEPT", "echo second"),
                file.hooks().postUp());
        assertEquals(List.of("echo full down"), file.hooks().preDown());
        assertEquals(List.of("iptables -D FORWARD -i %i -j ACCEPT"), local.hooks().postDown());
    }

    @Test
    void readsEveryKeyOfAPeer() throws Exception {
        List<PeerSection> peers = full().peers();
        PeerSection first = peers.getFirst();

        assertEquals(2, peers.size());
        assertEquals(
                List.of("0.0.0.0/0", "::/0"),
                first.allowedIps().stream().map(IpPrefix::toString).toList());
        assertEquals(new Endpoint("2001:db8::1", 51820), first.endpoint());
        assertEquals(25, first.persistentKeepaliveSeconds());
        assertEquals(URI.create("wss://vpn.example.com/connect"), first.webSocket());
        assertEquals(1, first.pins().size());
        assertEquals(URI.create("http://user:hunter2@proxy:3128"), first.proxy());
        assertNull(first.caFile());
        PeerSection second = peers.get(1);
        assertEquals(List.of(), second.allowedIps());
        assertNull(second.persistentKeepaliveSeconds());
        assertNull(second.presharedKey());
    }

    @Test
    void takesAWebSocketUrlAsEndpoint() throws Exception {
        PeerSection second = full().peers().get(1);

        assertEquals(URI.create("WSS://other.example.com:8443/x"), second.webSocket());
        assertNull(second.endpoint());
        assertFalse(full().text().contains("Endpoint = WSS"), "stock tools would not read it");
    }

    @Test
    void ownLinesBelongToTheSectionAboveThem() throws Exception {
        TunnelFile file = parse("#@ KillSwitch = true\n" + peer("a", "#@ WebSocket = ws://h/\n"));

        assertTrue(file.local().killSwitch());
        assertTrue(file.local().superPackets());
        assertEquals(URI.create("ws://h/"), file.peers().getFirst().webSocket());
    }

    @Test
    void aBareAddressIsOneHost() throws Exception {
        TunnelFile file = parse("Address = 10.8.0.2, fd08::2\n" + peer("a", ""));

        assertEquals(
                List.of("10.8.0.2/32", "fd08::2/128"),
                file.local().addresses().stream().map(IpPrefix::toString).toList());
        assertEquals(List.of(), file.warnings());
    }

    @Test
    void warnsOfABareAddressThatLooksLikeANetwork() throws Exception {
        TunnelFile file = parse(peer("a", "AllowedIPs = 10.0.0.0, 10.0.0.7, fd08::\n"));

        assertEquals("10.0.0.0/32", file.peers().getFirst().allowedIps().getFirst().toString());
        assertEquals(
                List.of(
                        PLACE
                                + ":5: 10.0.0.0 means the single host 10.0.0.0/32: write the length"
                                + " if it is a network",
                        PLACE
                                + ":5: fd08:: means the single host fd08::/128: write the length if"
                                + " it is a network"),
                file.warnings().stream().map(Warning::toString).toList());
    }

    @Test
    void warnsWhenIpv6WouldPassBesideTheTunnel() throws Exception {
        TunnelFile half = parse(peer("a", "AllowedIPs = 0.0.0.0/0\n"));
        TunnelFile whole = parse(peer("a", "AllowedIPs = 0.0.0.0/0, ::/0\n"));

        assertTrue(half.warnings().getFirst().text().contains("add ::/0"));
        assertEquals(List.of(), whole.warnings());
    }

    @Test
    void warnsOfAKeyThatEverybodyCanRead(@TempDir Path dir) throws Exception {
        Path file =
                Files.writeString(
                        dir.resolve("wg0.conf"),
                        "[Interface]\nPrivateKey=" + KEY + "\n" + peer("a", ""));
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(TunnelFile.read(file).warnings().getFirst().text().contains("chmod 600"));

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals(List.of(), TunnelFile.read(file).warnings());

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
        assertEquals(List.of(), TunnelFile.read(file).warnings());
    }

    @Test
    void takesWhatEditorsOnOtherSystemsWrite() throws Exception {
        TunnelFile file = TunnelFile.parse(PLACE, "[Interface]\r\nPrivateKey = " + KEY + "\r\n");
        assertEquals("home", file.name());
    }

    @Test
    void clearsHostBitsOfAllowedIpsAndKeepsThoseOfAddresses() throws Exception {
        TunnelFile file =
                parse("Address = 10.8.0.2/24\n" + peer("a", "AllowedIPs = 10.8.0.2/24\n"));
        assertEquals("10.8.0.2/24", file.local().addresses().getFirst().toString());
        assertEquals("10.8.0.0/24", file.peers().getFirst().allowedIps().getFirst().toString());
    }

    @Test
    void findsFilesRelativeToTheTunnelFile(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("ca.pem"), "");
        String lines =
                """
                #@ WebSocket = wss://h/
                #@ CaFile = ca.pem
                #@ TokenFile = ca.pem
                """;
        TunnelFile file =
                TunnelFile.parse(
                        dir.resolve("wg0.conf"),
                        "[Interface]\nPrivateKey = " + KEY + "\n" + peer("a", lines));

        assertEquals(dir.resolve("ca.pem"), file.peers().getFirst().caFile());
        assertTrue(file.text().contains("#@ CaFile = ca.pem\n"));
    }

    @Test
    void acceptsMarksAndTablesInEverySpelling() throws Exception {
        assertEquals(0xca6cL, parse("FwMark = 0xCA6C\n").local().fwMark());
        assertEquals(4294967295L, parse("FwMark = 4294967295\n").local().fwMark());
        assertNull(parse("FwMark = off\n").local().fwMark());
        assertNull(parse("FwMark = 0\n").local().fwMark());
        assertEquals(new RoutingTable.Off(), parse("Table = OFF\n").local().table());
        assertEquals(new RoutingTable.Auto(), parse("Table = auto\n").local().table());
    }

    @Test
    void showsNoSecretAsText() throws Exception {
        TunnelFile file = full();
        String shown = file.toString();

        assertFalse(shown.contains(file.local().privateKey().toBase64()), shown);
        assertFalse(shown.contains("hunter2"), shown);
        assertFalse(shown.contains("iptables"), shown);
        for (PeerSection peer : file.peers()) {
            PresharedKey key = peer.presharedKey();
            assertFalse(key != null && shown.contains(key.toBase64()), shown);
        }
    }

    @Test
    void comesBackTheSameFromItsText() throws Exception {
        TunnelFile file = full();
        String text = file.text();

        TunnelFile again = TunnelFile.parse(Path.of(file.folder() + "/full.conf"), text);

        assertEquals(text, again.text());
        assertEquals(file.local().hooks(), again.local().hooks());
        assertEquals(file.local().addresses(), again.local().addresses());
        assertEquals(file.peers().getFirst().pins(), again.peers().getFirst().pins());
        assertEquals(file.peers().getFirst().endpoint(), again.peers().getFirst().endpoint());
    }

    @Test
    void comesBackTheSameFromItsTextForManyPeers() throws Exception {
        long seed = 20261123;
        Random random = new Random(seed);
        List<PeerSection> peers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] key = new byte[PublicKey.LENGTH];
            random.nextBytes(key);
            IpPrefix prefix = IpPrefix.parse("10." + i / 256 + "." + i % 256 + ".0/24");
            peers.add(PeerSection.of(PublicKey.ofBytes(key, 0), List.of(prefix)));
        }
        PrivateKey privateKey = PrivateKey.generate(new SecureRandom());
        InterfaceSection local = InterfaceSection.of(privateKey, List.of());
        TunnelFile file =
                new TunnelFile("home", Path.of("/etc/wireguard"), local, peers, List.of());

        TunnelFile again = TunnelFile.parse(PLACE, file.text());

        assertEquals(peers, again.peers(), "seed " + seed);
        assertEquals(privateKey.publicKey(), again.local().privateKey().publicKey());
    }

    @Test
    void pinsComeInHexAndBase64() {
        String hex = "ab".repeat(32);
        Pin pin = Pin.parse(hex);
        assertEquals(pin, Pin.parse(pin.toString()));
        assertEquals(pin, Pin.parse("AB:".repeat(31) + "AB"));
        assertEquals(pin, Pin.of(HexFormat.of().parseHex(hex)));
        assertThrows(IllegalArgumentException.class, () -> Pin.parse("ab"));
    }

    @Test
    void endpointsKeepTheirBracketsApart() {
        assertEquals("[fe80::1%eth0]:51820", Endpoint.parse("[fe80::1%eth0]:51820").toString());
        assertEquals(new Endpoint("10.0.0.1", 1), Endpoint.parse("10.0.0.1:1"));
        for (String wrong :
                List.of("::1:51820", "host:0", "host:65536", "host:", ":1", "[host]:1")) {
            assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(wrong), wrong);
        }
    }

    @Test
    void survivesRandomBytesWithOneClearLine() {
        long seed = 7;
        Random random = new Random(seed);
        String alphabet = "[]=#@ \n,/:.abcInterfacePeer0129";
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder("[Interface]\nPrivateKey = " + KEY + "\n");
            for (int n = random.nextInt(60); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                TunnelFile.parse(PLACE, text.toString());
            } catch (ConfigException e) {
                assertEquals(1, String.valueOf(e.getMessage()).lines().count(), "seed " + seed);
            }
        }
    }

    @Test
    void editDistanceCountsSlips() {
        assertEquals(0, EditDistance.of("mtu", "mtu"));
        assertEquals(1, EditDistance.of("adress", "address"));
        assertEquals(2, EditDistance.of("ednpoint", "endpoint"));
        assertEquals(Integer.MAX_VALUE, EditDistance.of("x".repeat(65), "x"));
    }

    private static String peer(String name, String lines) {
        byte[] key =
                java.util.Arrays.copyOf(name.getBytes(java.nio.charset.StandardCharsets.UTF_8), 32);
        return "[Peer]\nPublicKey = " + PublicKey.ofBytes(key, 0).toBase64() + "\n" + lines;
    }

    private static TunnelFile parse(String lines) throws ConfigException {
        return TunnelFile.parse(PLACE, "[Interface]\nPrivateKey = " + KEY + "\n" + lines);
    }

    @Test
    void savesCurrentPortAndEndpointsButLeavesWebSocketPeersAlone() throws Exception {
        PublicKey byUdp = PrivateKey.generate(new SecureRandom()).publicKey();
        PublicKey byWeb = PrivateKey.generate(new SecureRandom()).publicKey();
        String text =
                """
                [Interface]
                PrivateKey = %s
                SaveConfig = true
                #@ KillSwitch = true
                #@ SuperPackets = false
                [Peer]
                PublicKey = %s
                Endpoint = vpn.example.com:1
                [Peer]
                PublicKey = %s
                Endpoint = web.example.com:2
                #@ WebSocket = wss://web.example.com/connect
                #@ Connections = 3
                """
                        .formatted(KEY, byUdp.toBase64(), byWeb.toBase64());
        Endpoint now = new Endpoint("2001:db8::7", 4711);

        TunnelFile file = TunnelFile.parse(PLACE, text);
        String saved = file.withCurrent(51900, Map.of(byUdp, now, byWeb, now)).text();

        TunnelFile again = TunnelFile.parse(PLACE, saved);
        assertEquals(51900, again.local().listenPort());
        assertTrue(again.local().saveConfig());
        assertTrue(again.local().killSwitch());
        assertFalse(again.local().superPackets());
        assertEquals(now, again.peers().get(0).endpoint());
        assertEquals(Endpoint.parse("web.example.com:2"), again.peers().get(1).endpoint());
        assertEquals(URI.create("wss://web.example.com/connect"), again.peers().get(1).webSocket());
        assertEquals(1, again.peers().get(0).connections());
        assertEquals(3, again.peers().get(1).connections());
        assertEquals(PLACE, file.path());
        assertEquals(file.text(), file.withCurrent(null, Map.of()).text());
    }

    @Test
    void whatTheProxyOpensIsKeptWithItsPlace() throws Exception {
        String lines =
                """
                #@ Socks = 127.0.0.1:1080
                #@ Http = unix:/run/http
                #@ LocalForward = 8080:a:80
                #@ LocalForward = 8081:b:80
                #@ RemoteForward = 9000:localhost:90
                #@ DnsListen = 5353
                """;
        TunnelFile file = parse(lines);

        ProxyLines proxy = TunnelFile.parse(PLACE, file.text()).local().proxy();
        assertEquals(proxy, file.local().proxy());
        assertEquals(2, proxy.localForwards().size());
        ProxyLines.Line second = proxy.localForwards().get(1);
        assertEquals("8081:b:80", second.value());
        assertEquals(
                PLACE + ":6: LocalForward: is odd: write another",
                second.bad("is odd", "write another").getMessage());
        assertEquals(ProxyLines.NONE, parse("").local().proxy());
        assertThrows(ConfigException.class, () -> parse("#@ Socks = 1\n#@ Socks = 2\n"));
    }
}
