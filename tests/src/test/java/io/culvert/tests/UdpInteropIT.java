package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.WireGuardDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What our datagrams say to the routers between two ends, and what those say to us. */
@Tag("interop")
class UdpInteropIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String PREFIX = "cu" + ProcessHandle.current().pid() % 10_000;
    private static final String NEAR = PREFIX + "a";
    private static final String FAR = PREFIX + "b";
    private static final String FAR_4 = "10.9.0.2";
    private static final String FAR_6 = "fd09::2";

    /**
     * An interface at each end of a way with a router.
     *
     * <pre>
     * near a0 192.0.2.1 ──── 192.0.2.254 m0 middle m1 198.51.100.254 ──── 198.51.100.1 b0 far
     *         2001:db8:1::1  2001:db8:1::fe           2001:db8:2::fe      2001:db8:2::1
     * </pre>
     */
    private record Way(Lab lab, Namespace near, Namespace middle, Namespace far, Keys farKeys) {
        static Way open(Lab lab, String farProgram, String family) {
            Namespace near = lab.namespace("a");
            Namespace middle = lab.namespace("m");
            Namespace far = lab.namespace("b");
            lab.link(near, "a0", middle, "m0")
                    .addresses("192.0.2.1/24", "192.0.2.254/24")
                    .addresses("2001:db8:1::1/64", "2001:db8:1::fe/64");
            lab.link(middle, "m1", far, "b0")
                    .addresses("198.51.100.254/24", "198.51.100.1/24")
                    .addresses("2001:db8:2::fe/64", "2001:db8:2::1/64");
            middle.sh("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
            // a router asks for its neighbours from an address of the link
            middle.sh("for d in m0 m1; do ip addr add fe80::fe/64 dev $d nodad; done");
            near.sh(
                    "ip route add default via 192.0.2.254;"
                            + " ip route add default via 2001:db8:1::fe");
            far.sh(
                    "ip route add default via 198.51.100.254;"
                            + " ip route add default via 2001:db8:2::fe");
            startOurs(lab, near, NEAR);
            if (farProgram.equals("culvert-wg")) {
                startOurs(lab, far, FAR);
            } else {
                WireGuardDevice.awaitSocket(far, FAR, far.start(farProgram, "-f", FAR));
            }
            Keys nearKeys = Keys.make();
            Way way = new Way(lab, near, middle, far, Keys.make());
            way.configure(far, FAR, way.farKeys, nearKeys, "10.9.0.2/24 fd09::2/64");
            way.configure(near, NEAR, nearKeys, way.farKeys, "10.9.0.1/24 fd09::1/64");
            String there = family.equals("4") ? "198.51.100.1:51820" : "[2001:db8:2::1]:51820";
            near.sh(
                    "wg set %s peer %s endpoint %s"
                            .formatted(NEAR, way.farKeys.publicKey(), there));
            return way;
        }

        private static void startOurs(Lab lab, Namespace where, String name) {
            Running daemon = Culvert.in(lab, where).start("wg", "-f", name);
            daemon.awaitLine("ready for wg", Culvert.START);
        }

        private void configure(Namespace where, String name, Keys own, Keys other, String all) {
            Path key = lab.write(name + ".key", own.privateKey() + "\n");
            where.sh(
                    """
                    wg set %1$s private-key %2$s listen-port 51820 peer %3$s \
                      allowed-ips 10.9.0.0/24,fd09::/64
                    for a in %4$s; do
                      case $a in *:*) nodad=nodad;; *) nodad=;; esac
                      ip addr add $a dev %1$s $nodad
                    done
                    ip link set %1$s mtu 1420 up
                    """
                            .formatted(name, key, other.publicKey(), all));
        }

        /** What tcpdump says of UDP that enters the router from the near end. */
        Running watchNearSide() {
            return watch(middle, "m0", "udp and (src 192.0.2.1 or src 2001:db8:1::1)");
        }

        Running watch(Namespace where, String device, String filter) {
            Running tcpdump =
                    where.start("tcpdump", "-n", "-v", "-l", "-Z", "root", "-i", device, filter);
            tcpdump.awaitLine("listening on", SOON);
            return tcpdump;
        }

        /** Rules of the router for what it forwards, or what it says itself. */
        void router(String hook, String rules) {
            middle.sh(
                    """
                    nft -f - <<END
                    table inet cu { chain c { type filter hook %s priority 0; %s; }; }
                    END
                    """
                            .formatted(hook, rules));
        }
    }

    private static Lab lab(String farProgram) {
        return farProgram.equals("culvert-wg")
                ? Lab.open("wg", "ping", "tcpdump", "nft", "iperf3")
                : Lab.open("wg", "ping", "tcpdump", "nft", "iperf3", farProgram);
    }

    /** Pings once with DSCP and ECN in the header. */
    private static Outcome ping(Way way, String to, String trafficClass, int payload) {
        return way.near.run(
                "ping", "-n", "-c", "1", "-w", "5", "-Q", trafficClass, "-s", "" + payload, to);
    }

    /** The traffic class that tcpdump tells in the first line with this in it; 0 is not told. */
    private static int classIn(Running tcpdump, String text) {
        Matcher line =
                tcpdump.awaitLine("IP6? \\((?:(?:tos|class) (0x[0-9a-f]+)\\b)?.*" + text, SOON);
        return line.group(1) == null ? 0 : Integer.decode(line.group(1));
    }

    @ParameterizedTest(name = "to {0} by IPv{1}")
    @CsvSource({"culvert-wg, 4", "culvert-wg, 6", "wireguard-go, 4", "wireguard-go, 6"})
    void outerHeadersTellTheKindOfMessageAndTheInnerCodepoint(String farProgram, String family) {
        try (Lab lab = lab(farProgram)) {
            Way way = Way.open(lab, farProgram, family);
            int header = family.equals("4") ? 28 : 8; // tcpdump's length with or without IP's
            Running outer = way.watchNearSide();
            String[] classes = {"0x0", "0x1", "0x2", "0x3", "0xb8", "0xba"};
            for (int i = 0; i < classes.length; i++) {
                int payload = 100 + 16 * i; // each of its own length, to tell them apart
                ping(way, FAR_4, classes[i], payload).orFail();
                String length = "length:? %d\\b".formatted(header + 32 + 28 + payload);
                int ecn = Integer.decode(classes[i]) & 3;
                assertEquals(ecn, classIn(outer, length), classes[i] + " in IPv4");
                ping(way, FAR_6, classes[i], payload + 400).orFail();
                length = "length:? %d\\b".formatted(header + 32 + 48 + 400 + payload + 12);
                assertEquals(ecn, classIn(outer, length), classes[i] + " in IPv6");
            }
            assertEquals(0x88, classIn(outer, "length:? %d\\b".formatted(header + 148)));
            assertEquals(0, outer.count("flags \\[DF\\]"), () -> "DF: " + outer);
        }
    }

    @Test
    void responsesAskForLowDelayToo() {
        try (Lab lab = lab("culvert-wg")) {
            Way way = Way.open(lab, "culvert-wg", "4");
            Running outer = way.watch(way.middle, "m1", "udp and src 198.51.100.1");
            ping(way, FAR_4, "0x0", 100).orFail();
            assertEquals(0x88, classIn(outer, "length 120\\b")); // 92 of UDP
            assertEquals(0, classIn(outer, "length 188\\b"));
        }
    }

    @ParameterizedTest(name = "IPv{0}")
    @ValueSource(strings = {"4", "6"})
    void congestionOnTheWayIsHeardInside(String family) {
        try (Lab lab = lab("culvert-wg")) {
            Way way = Way.open(lab, "culvert-wg", family);
            assertTrue(way.near.reaches(FAR_4, 10));
            way.router(
                    "forward", "iif m0 ip dscp 0 ip ecn set ce; iif m0 ip6 dscp 0 ip6 ecn set ce");
            Running inside = way.watch(way.far, FAR, "icmp or icmp6");
            for (String capable : new String[] {"0x1", "0x2", "0x3", "0xba"}) {
                int payload = 300 + Integer.decode(capable);
                int heard = Integer.decode(capable) | 3;
                ping(way, FAR_4, capable, payload).orFail();
                String length = "length %d\\b".formatted(payload + 28);
                assertEquals(heard, classIn(inside, length));
                ping(way, FAR_6, capable, payload).orFail();
                length = "payload length: %d\\b".formatted(payload + 8);
                assertEquals(heard, classIn(inside, length));
            }
            assertEquals(0, inside.count("bad cksum"), () -> "checksums: " + inside);
            for (String address : new String[] {FAR_4, FAR_6}) {
                // whose endpoints understand no mark: the router's word is a drop (RFC 6040 §4.2)
                assertFalse(ping(way, address, "0x0", 500).exit() == 0);
            }
        }
    }

    @ParameterizedTest(name = "to {0} by IPv{1}")
    @CsvSource({"culvert-wg, 4", "culvert-wg, 6", "wireguard-go, 4", "wireguard-go, 6"})
    void aPathOfASmallMtuTakesFullSizePackets(String farProgram, String family) {
        try (Lab lab = lab(farProgram)) {
            Way way = Way.open(lab, farProgram, family);
            way.middle.sh("ip link set m1 mtu 1280");
            way.far.sh("ip link set b0 mtu 1280");
            // nobody tells the sender what the path takes, but for IPv6 (RFC 8200 §5)
            way.router("output", "icmp type destination-unreachable drop");
            for (String address : new String[] {FAR_4, FAR_6}) {
                // the first may tell the sender of the path
                way.near.run("ping", "-c", "2", "-i", "0.2", "-w", "3", "-s", "1372", address);
                Outcome whole =
                        way.near.run(
                                "ping",
                                "-n",
                                "-M",
                                "do",
                                "-c",
                                "3",
                                "-i",
                                "0.2",
                                "-w",
                                "5",
                                "-s",
                                address.contains(":") ? "1372" : "1392",
                                address);
                assertEquals(0, whole.exit(), () -> address + ": " + whole);
                for (String[] options : new String[][] {{}, {"-R"}}) {
                    double rate = Traffic.iperf3(way.near, way.far, address, 2, options);
                    System.out.printf(
                            "%s by IPv%s, inside %s%s, path of 1280: %.0f Mbit/s%n",
                            farProgram,
                            family,
                            address,
                            options.length > 0 ? " down" : "",
                            rate / 1e6);
                    assertTrue(rate > 5e6, () -> address + ": " + rate);
                }
            }
        }
    }

    /**
     * The kernel refuses a burst that is longer than the device takes; that is no word on where
     * from.
     */
    @ParameterizedTest(name = "IPv{0}")
    @CsvSource({"4, 198.51.100.9", "6, 2001:db8:2::9"})
    void aSmallDeviceKeepsTheAddressThatWasReached(String family, String second) {
        try (Lab lab = lab("culvert-wg")) {
            Way way = Way.open(lab, "culvert-wg", family);
            String host = family.equals("6") ? "[" + second + "]" : second;
            way.far.sh(
                    "ip addr add %s/%s dev b0 %s; ip link set b0 mtu 1280"
                            .formatted(
                                    second,
                                    family.equals("6") ? "64" : "24",
                                    family.equals("6") ? "nodad" : ""));
            way.middle.sh("ip link set m1 mtu 1280");
            way.near.sh(
                    "wg set %s peer %s endpoint %s:51820"
                            .formatted(NEAR, way.farKeys.publicKey(), host));
            assertTrue(way.near.reaches(FAR_4, 10));
            assertTrue(Traffic.iperf3(way.near, way.far, FAR_4, 2, "-R") > 5e6);
            String endpoint = way.near.sh("wg show %s endpoints".formatted(NEAR)).strip();
            assertTrue(endpoint.endsWith(host + ":51820"), endpoint);
        }
    }

    @Test
    void whatLeadsToNobodyIsRefusedAtOnce() {
        try (Lab lab = lab("culvert-wg")) {
            Way way = Way.open(lab, "culvert-wg", "4");
            String nowhere = Keys.make().publicKey();
            way.near.sh(
                    """
                    ip route add 10.9.0.0/16 dev %1$s; ip route add fd09::/32 dev %1$s
                    wg set %1$s peer %2$s allowed-ips 10.9.2.0/24,fd09:0:2::/64
                    """
                            .formatted(NEAR, nowhere));
            for (String address :
                    new String[] {"10.9.1.1", "fd09:0:1::1", "10.9.2.1", "fd09:0:2::1"}) {
                Outcome answer = way.near.run("ping", "-n", "-c", "1", "-w", "10", address);
                assertEquals(1, answer.exit());
                String said = address.contains(":") ? "Address unreachable" : "Host Unreachable";
                assertTrue(answer.out().contains(said), () -> address + ": " + answer);
                Outcome tcp = way.near.run("bash", "-c", "</dev/tcp/%s/80".formatted(address));
                assertTrue(tcp.err().contains("No route to host"), () -> address + ": " + tcp);
            }
            assertTrue(way.near.reaches(FAR_4, 5), "others are not refused");
        }
    }
}
