package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Tunnel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code wg} and wg-quick drive Culvert, as they drive wireguard-go. */
@Tag("interop")
class WgToolsInteropIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String PREFIX = "cw" + ProcessHandle.current().pid() % 10_000;
    private static final String NEAR = PREFIX + "a";
    private static final String FAR = PREFIX + "b";

    /** Two machines with a cable, an interface each, set up by {@code wg} alone. */
    private record Pair(
            Lab lab,
            Namespace near,
            Namespace far,
            Running nearDaemon,
            Keys nearKeys,
            Keys farKeys) {

        static Pair open(Lab lab) {
            Namespace near = lab.namespace("a");
            Namespace far = lab.namespace("b");
            lab.link(near, "eth0", far, "eth0").addresses("192.0.2.1/24", "192.0.2.2/24");
            Running daemon = start(lab, near, NEAR);
            start(lab, far, FAR);
            Pair pair = new Pair(lab, near, far, daemon, Keys.make(), Keys.make());
            pair.configure(near, NEAR, pair.nearKeys, pair.farKeys, "10.9.0.1/24");
            pair.configure(far, FAR, pair.farKeys, pair.nearKeys, "10.9.0.2/24");
            near.sh(
                    "wg set %s peer %s endpoint 192.0.2.2:51820"
                            .formatted(NEAR, pair.farKeys.publicKey()));
            return pair;
        }

        private static Running start(Lab lab, Namespace where, String name) {
            Running daemon = Culvert.in(lab, where).start("wg", "-f", name);
            daemon.awaitLine("ready for wg", Culvert.START);
            return daemon;
        }

        private void configure(Namespace where, String name, Keys own, Keys other, String address) {
            Path key = lab.write(name + ".key", own.privateKey() + "\n");
            where.sh(
                    """
                    wg set %1$s private-key %2$s listen-port 51820 peer %3$s allowed-ips 10.9.0.0/24
                    ip addr add %4$s dev %1$s
                    ip link set %1$s up
                    """
                            .formatted(name, key, other.publicKey(), address));
        }

        private String wg(String words) {
            return near.sh("wg " + words).strip();
        }
    }

    @Test
    void wgSetsUpAnInterfaceAndShowsIt() {
        try (Lab lab = Lab.open("wg", "ping")) {
            Pair pair = Pair.open(lab);
            assertTrue(pair.near.reaches("10.9.0.2", 5));
            String peer = pair.farKeys.publicKey();
            assertEquals(pair.nearKeys.publicKey(), pair.wg("show " + NEAR + " public-key"));
            assertEquals(peer, pair.wg("show " + NEAR + " peers"));
            assertEquals("51820", pair.wg("show " + NEAR + " listen-port"));
            assertEquals(peer + "\t192.0.2.2:51820", pair.wg("show " + NEAR + " endpoints"));
            assertEquals(peer + "\t10.9.0.0/24", pair.wg("show " + NEAR + " allowed-ips"));
            assertTrue(pair.wg("show").contains("latest handshake: "));
            assertTrue(pair.wg("show all dump").contains(peer));
            String transfer = pair.wg("show " + NEAR + " transfer");
            assertFalse(transfer.endsWith("\t0"), transfer);
        }
    }

    @Test
    void whatShowconfSaysIsTakenBackWithoutTouchingASession() {
        try (Lab lab = Lab.open("wg", "ping")) {
            Pair pair = Pair.open(lab);
            assertTrue(pair.near.reaches("10.9.0.2", 5));
            String handshakes = pair.wg("show " + NEAR + " latest-handshakes");
            Path file = lab.write("saved.conf", pair.wg("showconf " + NEAR) + "\n");
            pair.wg("syncconf " + NEAR + " " + file);
            pair.wg("setconf " + NEAR + " " + file);
            assertTrue(pair.near.reaches("10.9.0.2", 5));
            String more = "[Peer]\nPublicKey = " + Keys.make().publicKey() + "\n";
            pair.wg("addconf " + NEAR + " " + lab.write("more.conf", more));
            assertEquals(2, pair.wg("show " + NEAR + " peers").lines().count());
            assertTrue(
                    pair.wg("show " + NEAR + " latest-handshakes")
                            .contains(handshakes.split("\t", -1)[0]));
            pair.wg("syncconf " + NEAR + " " + file);
            assertEquals(pair.farKeys.publicKey(), pair.wg("show " + NEAR + " peers"));
        }
    }

    @Test
    void aThousandPeersComeAndGoWithoutALostPacketOfTheOthers() {
        try (Lab lab = Lab.open("wg", "ping")) {
            Pair pair = Pair.open(lab);
            assertTrue(pair.near.reaches("10.9.0.2", 5));
            String own = pair.wg("showconf " + NEAR) + "\n";
            Path alone = lab.write("alone.conf", own);
            Path crowd = lab.write("crowd.conf", own + thousandPeers());
            Running ping =
                    pair.near.start("ping", "-n", "-q", "-i", "0.01", "-c", "500", "10.9.0.2");
            pair.wg("syncconf " + NEAR + " " + crowd);
            assertEquals(1001, pair.wg("show " + NEAR + " peers").lines().count());
            pair.wg("syncconf " + NEAR + " " + alone);
            assertEquals(1, pair.wg("show " + NEAR + " peers").lines().count());
            assertTrue(ping.isAlive(), "it all went on under the pings");
            Outcome pings = ping.awaitExit(Duration.ofSeconds(30)).orFail();
            assertTrue(pings.out().contains(" 0% packet loss"), pings::toString);
        }
    }

    private static String thousandPeers() {
        StringBuilder text = new StringBuilder();
        Random random = new Random(7);
        byte[] key = new byte[32];
        for (int i = 0; i < 1000; i++) {
            random.nextBytes(key);
            text.append("[Peer]\nPublicKey = ")
                    .append(Base64.getEncoder().encodeToString(key))
                    .append("\nAllowedIPs = 10.10.%d.%d/32%n".formatted(i / 256, i % 256));
        }
        return text.toString();
    }

    @Test
    void changesActOnALiveTunnel() {
        try (Lab lab = Lab.open("wg", "ping")) {
            Pair pair = Pair.open(lab);
            assertTrue(pair.near.reaches("10.9.0.2", 5));
            String peer = pair.farKeys.publicKey();
            Keys other = Keys.make();
            Path key = lab.write("other.key", other.privateKey() + "\n");
            pair.far.sh("wg set %s peer %s remove".formatted(FAR, pair.nearKeys.publicKey()));
            pair.far.sh(
                    "wg set %s peer %s allowed-ips 10.9.0.0/24".formatted(FAR, other.publicKey()));
            pair.wg("set " + NEAR + " private-key " + key);
            assertTrue(pair.near.reaches("10.9.0.2", 10), "with another key");
            pair.wg("set " + NEAR + " listen-port 51999");
            assertTrue(pair.near.reaches("10.9.0.2", 5), "from another port");
            assertEquals(
                    other.publicKey() + "\t192.0.2.1:51999",
                    pair.far.sh("wg show " + FAR + " endpoints").strip());
            pair.wg(
                    "set "
                            + NEAR
                            + " peer "
                            + Keys.make().publicKey()
                            + " allowed-ips 10.9.0.2/32");
            assertFalse(pair.near.reaches("10.9.0.2", 2), "the prefix is another peer's now");
            pair.wg("set " + NEAR + " peer " + peer + " allowed-ips 10.9.0.2/32");
            assertTrue(pair.near.reaches("10.9.0.2", 5), "and back");
            pair.wg("set " + NEAR + " fwmark 0x51");
            assertEquals("0x51", pair.wg("show " + NEAR + " fwmark"));
        }
    }

    @Test
    void anInterfaceEndsWithItsSocketOrItsDeviceAndIsNotMadeTwice() {
        try (Lab lab = Lab.open("wg")) {
            Namespace where = lab.namespace("a");
            Culvert culvert = Culvert.in(lab, where);
            culvert.run("wg", NEAR).orFail();
            Path socket = Path.of("/var/run/wireguard", NEAR + ".sock");
            assertTrue(Files.exists(socket), "it returned when the socket was there");
            Outcome second = culvert.run("wg", NEAR);
            assertEquals(1, second.exit(), second::toString);
            assertTrue(second.err().contains(NEAR), second::toString);
            where.sh("ip link del " + NEAR);
            where.sh(
                    "i=0; while test -e %s; do i=$((i+1)); test $i -lt 100; sleep 0.05; done"
                            .formatted(socket));

            Running foreground = culvert.start("wg", "-f", NEAR);
            foreground.awaitLine("ready for wg", Culvert.START);
            where.sh("rm " + socket);
            assertEquals(0, foreground.awaitExit(SOON).exit());
            assertFalse(
                    where.run("ip", "link", "show", NEAR).exit() == 0, "the device is gone too");
        }
    }

    @Test
    void wgQuickBringsItUpAndDown() {
        try (Lab lab = Lab.open("wg", "wg-quick", "ping")) {
            Pair pair = Pair.open(lab);
            String name = PREFIX + "q";
            Namespace third = lab.namespace("c");
            lab.link(third, "eth0", pair.far, "eth1")
                    .addresses("198.51.100.1/24", "198.51.100.2/24");
            Keys keys = Keys.make();
            pair.far.sh(
                    "wg set %s peer %s allowed-ips 10.9.1.0/24".formatted(FAR, keys.publicKey()));
            pair.far.sh("ip route add 10.9.1.0/24 dev " + FAR);
            Path file =
                    lab.write(
                            name + ".conf",
                            """
                            [Interface]
                            PrivateKey = %s
                            Address = 10.9.1.1/24
                            [Peer]
                            PublicKey = %s
                            AllowedIPs = 10.9.0.0/24
                            Endpoint = 198.51.100.2:51820
                            """
                                    .formatted(keys.privateKey(), pair.farKeys.publicKey()));
            Path link = lab.folder().resolve("culvert-wg");
            third.sh("ln -s %s %s".formatted(Culvert.launcher(), link));
            Map<String, String> by = Map.of("WG_QUICK_USERSPACE_IMPLEMENTATION", link.toString());
            third.run(Duration.ofMinutes(1), by, "wg-quick", "up", file.toString()).orFail();
            assertTrue(third.reaches("10.9.0.2", 5));
            third.run(Duration.ofMinutes(1), by, "wg-quick", "down", file.toString()).orFail();
            assertFalse(third.run("ip", "link", "show", name).exit() == 0);
        }
    }

    @Test
    void wgShowsAndChangesARunningTunnelOfOurs() {
        try (Lab lab = Lab.open("wg", "nft", "openssl")) {
            Outside outside = Outside.in(lab);
            Tunnel.open(outside, Road.WSS_4, Tunnel.Options.PLAIN);
            assertTrue(outside.client().reaches(Tunnel.GATEWAY_4, 10));
            String shown = outside.client().sh("wg show cvt0");
            assertTrue(shown.contains("latest handshake: "), shown);
            assertTrue(shown.contains("endpoint: 192.0.2.1:443"), shown);
            Path same = lab.write("same.conf", outside.client().sh("wg showconf cvt0"));
            outside.client().sh("wg setconf cvt0 " + same);
            assertTrue(
                    outside.client().reaches(Tunnel.GATEWAY_4, 10), "it stays with its WebSocket");
            String peer = outside.client().sh("wg show cvt0 peers").strip();
            outside.client().sh("wg set cvt0 peer " + peer + " remove");
            assertFalse(outside.client().reaches(Tunnel.GATEWAY_4, 2));
        }
    }
}
