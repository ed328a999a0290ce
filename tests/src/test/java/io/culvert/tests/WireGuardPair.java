package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.WireGuardDevice;
import io.culvert.tests.lab.WireGuardProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One cell of the matrix: ours in one role, a program of others in the other, over UDP. Confined to
 * the test's thread.
 */
final class WireGuardPair {
    static final String HEAD =
            """
            | program | Culvert is | outside | PSK | inside IPv4, IPv6 | client moved \
            | new keys after | pings lost |
            |---|---|---|---|---|---|---|---|\
            """;

    /** Addresses inside, IPv4 and IPv6. */
    static final List<String> GATEWAY = List.of("10.9.0.1", "fd09::1");

    static final List<String> CLIENT = List.of("10.9.0.2", "fd09::2");
    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets transmitted, (\\d+) rec");

    private static final Pattern HANDSHAKE =
            Pattern.compile("\"latestHandshake\"\\s*:\\s*\"([^\"]+)\"");

    private final WireGuardProgram program;
    private final boolean oursIsGateway;
    private final boolean six;
    private final boolean preshared;
    private final Outside outside;
    private final WireGuardDevice theirs;
    private final Culvert ours;
    private final List<Running> pings = new ArrayList<>();
    private Duration length = Duration.ZERO;
    private long handshakeBefore; // in seconds since 1970
    private long rekeyedAfter;
    private long sent;
    private long lost;

    private WireGuardPair(
            Outside outside,
            WireGuardProgram program,
            boolean oursIsGateway,
            boolean six,
            boolean preshared) {
        this.program = program;
        this.oursIsGateway = oursIsGateway;
        this.six = six;
        this.preshared = preshared;
        this.outside = outside;
        Lab lab = outside.lab();
        Keys ourKeys = Keys.make();
        Keys theirKeys = Keys.make();
        String psk = preshared ? Keys.preshared() : "";
        Namespace there = oursIsGateway ? outside.client() : outside.gateway();
        this.theirs =
                lab.closing(
                        new WireGuardDevice(
                                lab,
                                there,
                                program,
                                theirKeys.privateKey(),
                                oursIsGateway ? 51821 : 51820));
        List<String> inside = oursIsGateway ? CLIENT : GATEWAY;
        theirs.addresses(inside.get(0) + "/24", inside.get(1) + "/64");
        String settings =
                oursIsGateway
                        ? "allowed-ips 10.9.0.0/24,fd09::/64 endpoint " + endpoint()
                        : "allowed-ips 10.9.0.2/32,fd09::2/128";
        theirs.peer(ourKeys.publicKey(), pskSetting(lab, psk) + settings);
        this.ours = Culvert.in(lab, oursIsGateway ? outside.gateway() : outside.client());
        startOurs(lab, ourKeys, theirKeys, psk);
        reach("no ping");
    }

    /** Ours as gateway or as client; the road by IPv6 or IPv4. */
    static WireGuardPair open(
            Lab lab,
            WireGuardProgram program,
            boolean oursIsGateway,
            boolean six,
            boolean preshared) {
        return new WireGuardPair(Outside.in(lab), program, oursIsGateway, six, preshared);
    }

    Outside outside() {
        return outside;
    }

    WireGuardDevice theirs() {
        return theirs;
    }

    /** Small, whole and fragmented packets of both families, from both ends. */
    void exchangesPings() {
        for (int family = 0; family < 2; family++) {
            for (int payload : new int[] {0, 1372, 9000}) {
                Traffic.ping(outside.client(), GATEWAY.get(family), payload);
                Traffic.ping(outside.gateway(), CLIENT.get(family), payload);
            }
        }
    }

    /** There and back; each time the gateway must reach it, too. */
    void followsTheClientsMove() {
        String mask = six ? "/64" : "/24";
        String home = six ? Outside.CLIENT_6 : Outside.CLIENT_4;
        String abroad = six ? "2001:db8:1::77" : "192.0.2.77";
        outside.outer().moveNear(home + mask, abroad + mask);
        reach("lost by the move");
        outside.outer().moveNear(abroad + mask, home + mask);
        reach("lost by the move back");
    }

    /** Twenty a second from each end. */
    void startPings(Duration length) {
        this.length = length;
        this.handshakeBefore = latestHandshake();
        String count = Long.toString(length.toSeconds() * 20);
        String[] ping = {"ping", "-n", "-q", "-c", count, "-i", "0.05"};
        pings.add(outside.client().start(with(ping, GATEWAY.get(six ? 0 : 1))));
        pings.add(outside.gateway().start(with(ping, CLIENT.get(six ? 1 : 0))));
    }

    /** Waits for the pings' end; the row of the table. */
    String finishPings() {
        for (Running ping : pings) {
            String out = ping.awaitExit(length.plusSeconds(60)).out();
            Matcher counts = COUNTS.matcher(out);
            assertTrue(counts.find(), out);
            sent += Long.parseLong(counts.group(1));
            lost += Long.parseLong(counts.group(1)) - Long.parseLong(counts.group(2));
        }
        rekeyedAfter = latestHandshake() - handshakeBefore;
        return row();
    }

    /** Seconds from the handshake before the pings to the last one. */
    long rekeyedAfter() {
        return rekeyedAfter;
    }

    long sent() {
        return sent;
    }

    long lost() {
        return lost;
    }

    @Override
    public String toString() {
        return "%s, ours as %s, IPv%s%s"
                .formatted(
                        program.program(),
                        oursIsGateway ? "gateway" : "client",
                        six ? "6" : "4",
                        preshared ? ", preshared key" : "");
    }

    /** What did not come true before has failed the test. */
    private String row() {
        return "| %s | %s | %s | %s | yes | reached, and back | %d s | %d of %d |"
                .formatted(
                        program.program(),
                        oursIsGateway ? "gateway" : "client",
                        six ? "IPv6" : "IPv4",
                        preshared ? "yes" : "no",
                        rekeyedAfter,
                        lost,
                        sent);
    }

    /** As ours knows it: boringtun tells how long ago it was, where WireGuard wants the time. */
    private long latestHandshake() {
        Matcher told = HANDSHAKE.matcher(ours.run("show", "--json").orFail().out());
        assertTrue(told.find(), () -> "no handshake: " + this);
        return Instant.parse(told.group(1)).getEpochSecond();
    }

    /** Within twenty seconds from the client, and then from the gateway. */
    private void reach(String complaint) {
        for (int family = 0; family < 2; family++) {
            assertTrue(
                    outside.client().reaches(GATEWAY.get(family), 20),
                    () -> complaint + ", from the client: " + this);
            assertTrue(
                    outside.gateway().reaches(CLIENT.get(family), 20),
                    () -> complaint + ", from the gateway: " + this);
        }
    }

    private void startOurs(Lab lab, Keys own, Keys peer, String psk) {
        List<String> inside = oursIsGateway ? GATEWAY : CLIENT;
        String conf =
                """
                [Interface]
                PrivateKey = %s
                Address = %s/24, %s/64

                [Peer]
                PublicKey = %s
                AllowedIPs = %s
                %s
                %s
                """
                        .formatted(
                                own.privateKey(),
                                inside.get(0),
                                inside.get(1),
                                peer.publicKey(),
                                oursIsGateway
                                        ? "10.9.0.2/32, fd09::2/128"
                                        : "10.9.0.0/24, fd09::/64",
                                oursIsGateway ? "" : "Endpoint = " + endpoint(),
                                psk.isEmpty() ? "" : "PresharedKey = " + psk);
        if (!oursIsGateway) {
            ours.up(lab.write("cvm0.conf", conf));
            return;
        }
        lab.write("wgm0.conf", conf);
        Path yaml =
                lab.write("gateway.yaml", "tunnel: wgm0.conf\nlisten: [\"udp://[::]:51820\"]\n");
        ours.server(yaml);
    }

    private String endpoint() {
        return six ? "[%s]:51820".formatted(Outside.GATEWAY_6) : Outside.GATEWAY_4 + ":51820";
    }

    private static String pskSetting(Lab lab, String psk) {
        return psk.isEmpty() ? "" : "preshared-key %s ".formatted(lab.write("psk", psk + "\n"));
    }

    private static String[] with(String[] words, String last) {
        String[] all = java.util.Arrays.copyOf(words, words.length + 1);
        all[words.length] = last;
        return all;
    }
}
