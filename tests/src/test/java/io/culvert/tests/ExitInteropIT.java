package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.HostState;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.NameServer;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.RootlessGateway;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.WireGuardDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A gateway in userspace by a user without any privilege, behind which programs of others are: for
 * a rootless proxy by WebSocket, and for Debian's wireguard-go by UDP.
 */
@Tag("interop")
class ExitInteropIT {
    private static final long BULK_BYTES = 100_000_000;
    private static final String SOCKS = "--socks5-hostname 127.0.0.1:1080";
    private static final Pattern CODE = Pattern.compile("\\((\\d+)\\)\\s*$");
    private static final Pattern RATE =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.eE+]+)");
    private static final String METADATA = "169.254.169.254";

    /** Sends one datagram and prints what came back, or the error that came instead. */
    private static final String ASK =
            """
            import socket, sys
            s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET,
                              socket.SOCK_DGRAM)
            s.settimeout(5); s.connect((sys.argv[1], int(sys.argv[2])))
            try:
                s.send(b'hello'); print(s.recv(100).decode())
            except OSError as e: print(type(e).__name__, e.errno)
            """;

    private static final String ECHO =
            """
            import socket, sys
            s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.bind(('::', 7007))
            print('listening', flush=True)
            while True:
                data, there = s.recvfrom(65536); s.sendto(data, there)
            """;

    private static final String CONNECT =
            """
            import socket, sys
            s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
            s.settimeout(8)
            try:
                s.connect((sys.argv[1], int(sys.argv[2]))); print('connected')
            except OSError as e: print(type(e).__name__, e.errno)
            """;

    private static Lab lab;
    private static Namespace client;
    private static Namespace there;
    private static Namespace world;
    private static RootlessGateway scene;
    private static HostState before;
    private static Path bulk;

    @BeforeAll
    static void open() throws IOException {
        lab = Lab.open("wg", "wireguard-go", "openssl", "curl", "setpriv", "python3", "iperf3");
        Outside outside = Outside.in(lab);
        client = outside.client();
        world = outside.world();
        bulk = Traffic.randomFile(lab, BULK_BYTES);
        Traffic.serve(world, Outside.WORLD_4, bulk);
        NameServer.start(world, Outside.WORLD_4, Outside.WORLD_4, METADATA);
        world.start("python3", "-c", ECHO).awaitLine("listening", Duration.ofSeconds(20));
        there = outside.gateway();
        there.sh("sysctl -q net.ipv4.ping_group_range='0 2147483647'");
        there.sh("ip addr add 169.254.169.254/32 dev lo"); // a cloud's metadata, if it were reached
        there.start("python3", "-m", "http.server", "--bind", METADATA, "8000");
        Files.writeString(there.resolvConf(), "nameserver " + Outside.WORLD_4 + "\n");
        scene = RootlessGateway.in(outside, "limits: {flowsPerPeer: 200}\n");
        before = HostState.of(there);
        scene.gateway();
        WireGuardDevice device = scene.device();
        assertTrue(client.reaches("10.8.0.1", 10), device::toString);
        scene.proxy("--socks", "1080", "-L", "5201:" + Outside.WORLD_4 + ":5201");
    }

    @AfterAll
    static void close() {
        try {
            if (scene != null) {
                scene.end();
            }
        } finally {
            if (lab != null) {
                lab.close();
            }
        }
    }

    private static String python(String script, String address, int port) {
        return client.run("python3", "-c", script, address, Integer.toString(port))
                .orFail()
                .out()
                .strip();
    }

    private static void downloads(String host, String... options) {
        assertEquals(
                Traffic.sha256(bulk),
                Traffic.checksum(Traffic.download(client, host, bulk, options)));
    }

    @Test
    void bothPeersReadTheWorldsPage() {
        downloads(Outside.WORLD_4, SOCKS);
        downloads(Outside.WORLD_4);
    }

    @Test
    void datagramsGoAndComeBack() {
        assertEquals("hello", python(ASK, Outside.WORLD_4, 7007));
        assertEquals("hello", python(ASK, Outside.WORLD_6, 7007));
    }

    @Test
    void pingsOfBothFamiliesAreAnswered() {
        Traffic.ping(client, Outside.WORLD_4, 1000);
        Traffic.ping(client, Outside.WORLD_6, 1000);
        Traffic.ping(client, "10.8.0.1", 56);
    }

    @Test
    void refusedUnreachableAndDeniedAreToldApart() {
        assertEquals("ConnectionRefusedError 111", python(CONNECT, Outside.WORLD_4, 9));
        assertEquals("OSError 113", python(CONNECT, "198.51.100.77", 9));
        assertEquals("ConnectionRefusedError 111", python(ASK, Outside.WORLD_4, 9));
        assertEquals("ConnectionRefusedError 111", python(CONNECT, "10.8.0.1", 22));
        assertEquals("OSError 113", python(CONNECT, "10.99.0.1", 80));
        assertEquals(5, socksCode("198.51.100.2:9"));
        assertEquals(4, socksCode("198.51.100.77:9"));
        assertEquals(2, socksCode("10.99.0.1:80"));
    }

    /** What a SOCKS 5 reply says, as curl tells it. */
    private static int socksCode(String target) {
        Outcome curl = client.run("sh", "-c", "curl -sS -m 20 " + SOCKS + " http://" + target);
        Matcher matcher = CODE.matcher(curl.err());
        assertTrue(matcher.find(), curl::toString);
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void gatewaysOwnMachineIsNotReached() {
        for (String own : new String[] {METADATA, "198.51.100.1"}) {
            assertEquals("OSError 113", python(CONNECT, own, 8000), own);
            assertEquals(2, socksCode(own + ":8000"), own);
        }
        assertEquals(2, socksCode("127.0.0.1:8443"));
        assertEquals(2, socksCode("192.0.2.1:8443"));
        assertEquals(2, socksCode("[::ffff:127.0.0.1]:8443"));
    }

    @Test
    void peersReachEachOther() {
        Traffic.serve(client, RootlessGateway.DEVICE_4, bulk);
        downloads(RootlessGateway.DEVICE_4, SOCKS);
    }

    @Test
    void namesAreAskedOfTheGateway() {
        downloads("intranet.test", SOCKS);
    }

    @Test
    void nameThatIsReboundToWhatIsForbiddenLeadsNowhere() {
        downloads("rebound.test", SOCKS);
        assertEquals(2, socksCode("rebound.test:8000"));
        assertEquals(4, socksCode("198.51.100.77:8000"));
    }

    @Test
    void peerAtItsLimitIsRefusedAndTheOtherIsNot() {
        String many =
                """
                import socket
                held = []; refused = 0
                for i in range(260):
                    s = socket.socket(); s.settimeout(5)
                    try: s.connect(('198.51.100.2', 8000)); held.append(s)
                    except OSError: refused += 1
                print(len(held), refused)
                """;
        String[] counts = client.run("python3", "-c", many).orFail().out().strip().split(" ", -1);
        int held = Integer.parseInt(counts[0]);
        assertTrue(held > 150 && held <= 200, () -> String.join(" ", counts));
        downloads(Outside.WORLD_4, SOCKS);
    }

    @Test
    void showListsFlowsAndDenials() {
        Running held = client.start("sh", "-c", "exec 3<>/dev/tcp/198.51.100.2/8000; sleep 30");
        assertTrue(held.isAlive());
        python(CONNECT, "10.99.0.1", 80);
        String json = scene.user().run("show", "gate", "--json").orFail().out();
        assertTrue(json.contains("\"egress-denied\""), json);
        assertTrue(json.contains("\"flows\""), json);
    }

    @Test
    void bothEndsWithoutRootAreFast() {
        double up = iperf3();
        double down = iperf3("-R");
        System.out.printf("exit by iperf3: %.0f Mbit/s up, %.0f down%n", up / 1e6, down / 1e6);
        assertTrue(Math.min(up, down) > 50e6, () -> up + " and " + down);
    }

    private static double iperf3(String... options) {
        Running server = world.start("iperf3", "-s", "-1", "--forceflush");
        try (server) {
            server.awaitLine("Server listening", Duration.ofSeconds(10));
            String more = String.join(" ", options);
            String json = client.sh("iperf3 -J -c 127.0.0.1 -p 5201 -t 5 " + more);
            Matcher matcher = RATE.matcher(json.replace('\n', ' '));
            assertTrue(matcher.find(), json);
            return Double.parseDouble(matcher.group(1));
        }
    }

    @Test
    void portThatNeedsRootIsSaidInOneLine() {
        Outcome other = scene.other("listen: [\"https://0.0.0.0:443\"]");
        assertEquals(2, other.exit(), other::toString);
        assertTrue(other.err().contains("choose a port from 1024 on"), other::toString);
    }

    @Test
    void secondOneRunsBesideAndIsEndedByItsName() {
        Running second = scene.startOther("listen: [\"udp://0.0.0.0:51999\"]");
        second.awaitLine("^ready: other \\(userspace\\)", Culvert.START);
        scene.user().run("down", "other").orFail();
        assertEquals(0, second.awaitExit(Duration.ofSeconds(5)).exit(), second::toString);
        Outcome again = scene.user().run("down", "other");
        assertEquals(2, again.exit(), again::toString);
    }

    @Test
    void machineIsAsItWas() {
        downloads(Outside.WORLD_4, SOCKS);
        assertEquals(before, HostState.of(there));
    }
}
