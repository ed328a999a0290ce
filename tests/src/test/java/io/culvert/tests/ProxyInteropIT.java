package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Capture;
import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.HostState;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.NameServer;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Rootless;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code culvert proxy} by a user without any privilege, with programs that others wrote before it
 * and a gateway with a TUN device behind it.
 */
@Tag("interop")
class ProxyInteropIT {
    private static final long BULK_BYTES = 100_000_000;
    private static final Duration END = Duration.ofSeconds(3);
    private static final String NAME = "intranet.test";
    private static final String SOCKS = "--socks5-hostname 127.0.0.1:1080";
    private static final Pattern RATE =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.eE+]+)");

    /** A question for the address of a name, by hand; prints the answer's last four bytes. */
    private static final String ASK =
            """
            import socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
            name = b'\\x08intranet\\x04test\\x00'
            q = bytes.fromhex('abcd01000001000000000000') + name + b'\\x00\\x01\\x00\\x01'
            s.sendto(q, ('127.0.0.1', int(sys.argv[1])))
            print('.'.join(map(str, s.recv(512)[-4:])))
            """;

    /** Answers with the checksum of what came, when the other side has ended its half. */
    private static final String SUMS =
            """
            import hashlib, socket, sys
            s = socket.create_server((sys.argv[1], int(sys.argv[2])))
            print('listening', flush=True)
            while True:
                c, _ = s.accept(); h = hashlib.sha256()
                for block in iter(lambda: c.recv(65536), b''): h.update(block)
                c.sendall(h.hexdigest().encode()); c.close()
            """;

    private static Lab lab;
    private static Tunnel tunnel;
    private static Rootless user;
    private static Namespace client;
    private static Namespace gateway;
    private static Path bulk;
    private static Path file;
    private static HostState before;
    private static Capture capture;

    private final List<Running> started = new ArrayList<>();

    @BeforeAll
    static void open() {
        lab = Lab.open("wg", "openssl", "curl", "ncat", "iperf3", "setpriv", "python3", "tcpdump");
        Outside outside = Outside.in(lab);
        client = outside.client();
        gateway = outside.gateway();
        tunnel = Tunnel.open(outside, Road.WSS_4, Tunnel.Options.PLAIN.withoutWaiting());
        tunnel.client().close(); // its file is the proxy's
        capture = lab.capture(client, "c0");
        user = Rootless.in(lab, client);
        file = user.write("cvt0.conf", text().replace("[Peer]", "DNS = 10.8.0.1\n[Peer]"));
        bulk = Traffic.randomFile(lab, BULK_BYTES);
        Traffic.serve(gateway, Tunnel.GATEWAY_4, bulk);
        NameServer.start(gateway, Tunnel.GATEWAY_4, Tunnel.GATEWAY_4);
        sums(gateway, Tunnel.GATEWAY_4, 7000);
        before = HostState.of(client);
    }

    private static void sums(Namespace where, String address, int port) {
        where.start("python3", "-c", SUMS, address, Integer.toString(port))
                .awaitLine("listening", Duration.ofSeconds(20));
    }

    @AfterAll
    static void close() {
        try (Lab _ = lab) {
            if (capture != null) {
                assertEquals(List.of(), seenBesideTheCarrier());
            }
        }
    }

    /** On the desk's wire, which anybody may watch, during all of this. */
    private static List<Capture.Seen> seenBesideTheCarrier() {
        return capture.stop().stream()
                .filter(packet -> !packet.isLinkLocal())
                .filter(packet -> !packet.touches(Outside.GATEWAY_4, 443))
                .toList();
    }

    /** One that a failed test left would be in the next one's way. */
    @AfterEach
    void end() {
        started.forEach(Running::close);
        started.clear();
    }

    private static String text() {
        try {
            return Files.readString(tunnel.clientFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Running start(String... words) {
        Running running = user.start(words);
        started.add(running);
        return running;
    }

    private Running proxy(String... options) {
        String[] words = new String[options.length + 2];
        words[0] = "proxy";
        words[1] = file.toString();
        System.arraycopy(options, 0, words, 2, options.length);
        Running proxy = start(words);
        proxy.awaitLine("^ready: cvt0 reaches ", Culvert.START);
        return proxy;
    }

    /** Ends at once, cleanly, and the host is as it was. */
    private static void endsCleanly(Running proxy, String signal) {
        proxy.signal(signal);
        assertEquals(0, proxy.awaitExit(END).exit(), proxy::toString);
        assertEquals(before, HostState.of(client));
    }

    private static void downloads(String host, String options) {
        String sum = Traffic.checksum(Traffic.download(client, host, bulk, options));
        assertEquals(Traffic.sha256(bulk), sum, options);
    }

    @Test
    void usualPortSpeaksSocksAndHttp() {
        Running proxy = proxy();
        proxy.awaitLine("; socks\\+http 127\\.0\\.0\\.1:1080$", END);
        downloads(NAME, SOCKS);
        downloads(Tunnel.GATEWAY_4, "--socks5 127.0.0.1:1080");
        downloads(Tunnel.GATEWAY_4, "--socks4 127.0.0.1:1080");
        downloads(NAME, "--socks4a 127.0.0.1:1080");
        downloads(NAME, "-x http://127.0.0.1:1080");
        downloads(NAME, "-p -x http://127.0.0.1:1080");
        endsCleanly(proxy, "TERM");
    }

    @Test
    void fileAloneSaysWhatIsOpened() {
        String lines =
                """
                #@ Socks = 127.0.0.1:1080
                #@ Http = 3128
                #@ LocalForward = 8080:%s:8000
                #@ LocalForward = 5354:10.8.0.1:53/udp
                #@ RemoteForward = 9000:localhost:9001
                #@ DnsListen = 5353
                [Peer]\
                """
                        .formatted(NAME);
        Path own = user.write("lines.conf", text().replace("[Peer]", "DNS = 10.8.0.1\n" + lines));
        Running proxy = start("proxy", own.toString());
        proxy.awaitLine(
                "^ready: lines reaches .*; socks 127.0.0.1:1080, http 127.0.0.1:3128, "
                        + "-L 127.0.0.1:8080, -L 127.0.0.1:5354, -R \\*:9000, "
                        + "dns/udp 127.0.0.1:5353, dns/tcp 127.0.0.1:5353$",
                Culvert.START);
        downloads(NAME, "-x http://127.0.0.1:3128");
        String url = "http://127.0.0.1:8080/" + bulk.getFileName();
        assertEquals(
                Traffic.sha256(bulk),
                client.sh("curl -sS --fail %s | sha256sum".formatted(url)).substring(0, 64));
        assertEquals(Tunnel.GATEWAY_4, client.run("python3", "-c", ASK, "5353").orFail().out());
        assertEquals(Tunnel.GATEWAY_4, client.run("python3", "-c", ASK, "5354").orFail().out());
        sums(client, "127.0.0.1", 9001);
        assertEquals(Traffic.sha256(bulk), gateway.sh("ncat 10.8.0.2 9000 <" + bulk).strip());
        endsCleanly(proxy, "INT");
    }

    @Test
    void halfCloseReachesTheOtherEnd() {
        Running proxy = proxy();
        String sum =
                client.sh("ncat --proxy 127.0.0.1:1080 --proxy-type socks5 10.8.0.1 7000 <" + bulk);
        assertEquals(Traffic.sha256(bulk), sum.substring(0, 64));
        endsCleanly(proxy, "TERM");
    }

    @Test
    void forwardIsFast() {
        Running proxy = proxy("-L", "5201:10.8.0.1:5201");
        double up = iperf3();
        double down = iperf3("-R");
        System.out.printf("-L by iperf3: %.0f Mbit/s up, %.0f down%n", up / 1e6, down / 1e6);
        assertTrue(Math.min(up, down) > 50e6, () -> up + " and " + down);
        endsCleanly(proxy, "TERM");
    }

    private static double iperf3(String... options) {
        Running server = gateway.start("iperf3", "-s", "-1", "--forceflush", "-B", "10.8.0.1");
        try (server) {
            server.awaitLine("Server listening", Duration.ofSeconds(10));
            String more = String.join(" ", options);
            String json = client.sh("iperf3 -J -c 127.0.0.1 -p 5201 -t 4 " + more);
            Matcher matcher = RATE.matcher(json.replace('\n', ' '));
            assertTrue(matcher.find(), json);
            return Double.parseDouble(matcher.group(1));
        }
    }

    @Test
    void standardInputAndOutputAreOneConnection() {
        String words = String.join(" ", user.command("proxy", file.toString(), "--stdio"));
        String sum = client.sh(words + " 10.8.0.1:7000 <" + bulk);
        assertEquals(Traffic.sha256(bulk), sum.substring(0, 64));
        Outcome refused = client.run("sh", "-c", words + " 10.8.0.1:9 </dev/null");
        assertEquals(1, refused.exit(), refused::toString);
        assertTrue(refused.err().contains("refuses connections"), refused::toString);
        assertEquals(before, HostState.of(client));
    }

    @Test
    void refusalsHaveTheirCodes() {
        gateway.sh("ip route add prohibit 10.8.0.66");
        Running proxy = proxy();
        assertEquals(5, socksCode("10.8.0.1:9"));
        assertEquals(3, socksCode(Outside.WORLD_4 + ":80"));
        assertEquals(2, socksCode("10.8.0.66:80"));
        assertEquals(4, socksCode("10.8.0.77:80"));
        endsCleanly(proxy, "TERM");
    }

    /** What a SOCKS 5 reply says, as curl tells it. */
    private static int socksCode(String target) {
        Outcome curl = client.run("sh", "-c", "curl -sS -m 20 " + SOCKS + " http://" + target);
        Matcher matcher = Pattern.compile("\\((\\d+)\\)\\s*$").matcher(curl.err());
        assertTrue(matcher.find(), curl::toString);
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void checkSaysHowFastOrWhyNot() {
        Outcome open = user.run("proxy", file.toString(), "--check", NAME + ":8000").orFail();
        assertTrue(open.out().matches(NAME + ":8000 at 10.8.0.1 answers in [0-9.]+ ms through .*"));
        Outcome ping = user.run("proxy", file.toString(), "--check", "fd08::1").orFail();
        assertTrue(ping.out().startsWith("fd08::1 answers in "), ping::toString);
        Outcome refused = user.run("proxy", file.toString(), "--check", "10.8.0.1:9");
        assertEquals(1, refused.exit(), refused::toString);
        assertTrue(refused.err().contains("refuses connections"), refused::toString);
        Outcome other = user.run("proxy", file.toString(), "--check", Outside.WORLD_4);
        assertEquals(1, other.exit(), other::toString);
        assertTrue(other.err().contains("unreachable"), other::toString);
    }

    @Test
    void strangersAreNotServed() {
        Path password = user.write("password", "two words\n");
        Running proxy = proxy("--socks", "1080", "--user", "me", "--password-file", password + "");
        Outcome stranger = client.run("sh", "-c", "curl -sS " + SOCKS + " http://10.8.0.1:8000/");
        assertTrue(stranger.exit() != 0, stranger::toString);
        downloads(NAME, SOCKS + " --proxy-user 'me:two words'");
        endsCleanly(proxy, "TERM");
    }

    @Test
    void showTellsOfFlowsAndOfTheOneThatRuns() {
        Running proxy = proxy();
        gateway.start("ncat", "-k", "-l", Tunnel.GATEWAY_4, "7002", "--exec", "/bin/cat");
        Running held =
                client.start(
                        "sh",
                        "-c",
                        "(echo hello; exec sleep 30) | ncat --proxy 127.0.0.1:1080"
                                + " --proxy-type socks5 10.8.0.1 7002");
        held.awaitLine("hello", Duration.ofSeconds(10));
        String shown = user.run("show").orFail().out();
        assertTrue(shown.contains("flow: socks5 from 127.0.0.1:"), shown);
        assertTrue(shown.contains(" to 10.8.0.1:7002, 6 B received, 6 B sent"), shown);
        String json = user.run("show", "cvt0", "--json").orFail().out();
        assertTrue(json.contains("\"target\" : \"10.8.0.1:7002\""), json);
        Outcome second = user.run("proxy", file.toString());
        assertEquals(1, second.exit(), second::toString);
        assertTrue(second.err().contains("cvt0 runs already"), second::toString);
        endsCleanly(proxy, "TERM");
        assertTrue(user.run("show").orFail().out().isEmpty());
    }

    @Test
    void withoutNameServersNamesAreRefusedAndThatIsSaid() {
        Path bare = user.write("bare.conf", text());
        Running proxy = start("proxy", bare.toString());
        proxy.awaitLine("^names: bare has no DNS servers, so names are refused", Culvert.START);
        Outcome named =
                client.run("sh", "-c", "curl -sS -m 20 " + SOCKS + " http://" + NAME + ":8000/");
        assertTrue(named.exit() != 0, named::toString);
        downloads(Tunnel.GATEWAY_4, SOCKS);
        endsCleanly(proxy, "TERM");
    }

    @Test
    void wrongInputIsSaidInOneLine() {
        Map<String[], String> wrong =
                Map.of(
                        new String[] {"--socks", "elsewhere:1"}, "is no local address",
                        new String[] {"-L", "8080:host"}, "parts are missing",
                        new String[] {"--stdio", "host"}, "is no target",
                        new String[] {"--user", "me"}, "go together");
        wrong.forEach((options, said) -> {
            Outcome outcome = user.run("proxy", file.toString(), options[0], options[1]);
            assertEquals(2, outcome.exit(), outcome::toString);
            assertTrue(outcome.err().contains(said), outcome::toString);
            assertEquals(1, outcome.err().lines().count(), outcome::toString);
        });
        String bad = text().replace("[Peer]", "#@ LocalForward = 80:host\n[Peer]");
        Outcome outcome = user.run("proxy", user.write("bad.conf", bad).toString());
        assertEquals(2, outcome.exit(), outcome::toString);
        assertTrue(outcome.err().contains("bad.conf:"), outcome::toString);
    }

    /** A process that stands still has its kernel acknowledge what it never reads. */
    @Test
    void healthSaysWhetherTheGatewayAnswersNow() {
        Running proxy = proxy();
        isHealthy("200");
        tunnel.gateway().signal("STOP");
        try {
            isHealthy("503");
        } finally {
            tunnel.gateway().signal("CONT");
        }
        isHealthy("200");
        endsCleanly(proxy, "TERM");
    }

    private static void isHealthy(String code) {
        client.sh(
                """
                tries=0
                code() { curl -sS -o /dev/null -w '%%{http_code}' -m 9 127.0.0.1:1080/health; }
                until [ "$(code)" = %s ]
                do tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1; sleep 0.2; done
                """
                        .formatted(code));
    }

    @Test
    void endsWhileTheGatewayIsSilent() {
        String dead = text().replace("wss://192.0.2.1/", "wss://192.0.2.99/");
        Running proxy = start("proxy", user.write("dead.conf", dead).toString());
        proxy.awaitLine("^up: dead is set up, connecting to wss://192.0.2.99", Culvert.START);
        endsCleanly(proxy, "TERM");
        Outcome checked = user.run("proxy", proxyFile("dead.conf"), "--check", "10.8.0.1");
        assertEquals(1, checked.exit(), checked::toString);
        assertTrue(checked.err().contains("does not answer within 20 s"), checked::toString);
    }

    private static String proxyFile(String name) {
        return file.resolveSibling(name).toString();
    }
}
