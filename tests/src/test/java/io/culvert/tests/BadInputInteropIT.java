package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.HostState;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Wrong input: one line that says where, what and the remedy; exit code 2; nothing changed. */
@Tag("interop")
class BadInputInteropIT {
    private static final Keys KEYS =
            new Keys(
                    "gI6EdUSYvn8ugXOt8QQD6Yc+JyiZxIhp3GInSWRfWGE=",
                    "HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=");
    private static final String INTERFACE =
            "[Interface]\nPrivateKey = %s\nAddress = 10.8.0.2/32\n".formatted(KEYS.privateKey());
    private static final String PEER =
            "[Peer]\nPublicKey = %s\nAllowedIPs = 10.8.0.0/24\nEndpoint = 192.0.2.1:51820\n"
                    .formatted(KEYS.publicKey());

    /** A file, and what its one line must hold. */
    private record Bad(String what, String text, int line, List<String> words) {}

    private static final List<Bad> CONFS =
            List.of(
                    bad(
                            "unknown key",
                            INTERFACE + "Adress = 10.8.0.3/32\n" + PEER,
                            4,
                            "Adress",
                            "Address"),
                    bad(
                            "unknown key of ours",
                            INTERFACE + PEER + "#@ WebSockt = wss://a/\n",
                            8,
                            "WebSockt",
                            "WebSocket"),
                    bad("unknown section", INTERFACE + "[Pear]\n", 4, "Pear", "Peer"),
                    bad("short key", "[Interface]\nPrivateKey = AAAA\n" + PEER, 2, "PrivateKey"),
                    bad("bad base64", INTERFACE + PEER.replace("HIgo", "H*go"), 5, "PublicKey"),
                    bad("bad prefix", INTERFACE + PEER.replace("/24", "/240"), 6, "AllowedIPs"),
                    bad(
                            "bad address",
                            INTERFACE.replace("10.8.0.2", "10.8.0.256") + PEER,
                            3,
                            "Address"),
                    bad("bad port", INTERFACE + PEER.replace("51820", "99999"), 7, "Endpoint"),
                    bad("bad number", INTERFACE + "MTU = many\n" + PEER, 4, "MTU"),
                    bad(
                            "bad scheme",
                            INTERFACE + PEER + "#@ WebSocket = http://a/\n",
                            8,
                            "WebSocket"),
                    bad(
                            "duplicate peer",
                            INTERFACE + PEER + PEER.replace("10.8.0", "10.9.0"),
                            9,
                            "PublicKey"),
                    bad(
                            "overlapping allowed IPs",
                            INTERFACE
                                    + PEER
                                    + PEER.replace(
                                            KEYS.publicKey(),
                                            "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="),
                            10,
                            "10.8.0.0/24"),
                    bad(
                            "no private key",
                            "[Interface]\nAddress = 10.8.0.2/32\n" + PEER,
                            0,
                            "PrivateKey"),
                    bad(
                            "missing CaFile",
                            INTERFACE
                                    + PEER
                                    + "#@ WebSocket = wss://192.0.2.1/\n#@ CaFile = nowhere.pem\n",
                            9,
                            "nowhere.pem"),
                    bad("no assignment", INTERFACE + "MTU 1280\n" + PEER, 4, "MTU 1280"));

    private static final List<Bad> YAMLS =
            List.of(
                    bad(
                            "unknown key",
                            "tunnel: wg0.conf\nlisten: [\"udp://0.0.0.0:1\"]\nwebsit: /\n",
                            3,
                            "websit",
                            "website"),
                    bad(
                            "bad scheme",
                            "tunnel: wg0.conf\nlisten: [\"gopher://0.0.0.0:70\"]\n",
                            2,
                            "gopher"),
                    bad(
                            "missing tunnel file",
                            "tunnel: nowhere.conf\nlisten: [\"udp://0.0.0.0:1\"]\n",
                            0,
                            "nowhere.conf"),
                    bad(
                            "missing token file",
                            "tunnel: wg0.conf\nlisten: [\"http://127.0.0.1:1\"]\ntokens: none.txt\n",
                            0,
                            "none.txt"),
                    bad("no yaml", "tunnel: [wg0.conf\n", 0, "gateway.yaml"));

    @Test
    void tunnelFiles() {
        try (Lab lab = Lab.open("nft")) {
            Namespace where = lab.namespace("b");
            Culvert culvert = Culvert.in(lab, where);
            HostState before = HostState.of(where);
            for (Bad bad : CONFS) {
                Path file = lab.write("bad.conf", bad.text());
                judge(bad, "bad.conf", culvert.run("up", file.toString()));
            }
            assertEquals(before, HostState.of(where));
        }
    }

    @Test
    void gatewayFiles() {
        try (Lab lab = Lab.open("nft")) {
            Namespace where = lab.namespace("b");
            Culvert culvert = Culvert.in(lab, where);
            HostState before = HostState.of(where);
            lab.write("wg0.conf", INTERFACE);
            for (Bad bad : YAMLS) {
                Path file = lab.write("gateway.yaml", bad.text());
                judge(bad, "", culvert.run("server", file.toString()));
                judge(bad, "", culvert.run("server", "check", file.toString()));
            }
            assertEquals(before, HostState.of(where));
        }
    }

    @Test
    void missingFilesAndWrongCommands() {
        try (Lab lab = Lab.open()) {
            Culvert culvert = Culvert.in(lab, lab.namespace("b"));
            String nowhere = lab.folder().resolve("nowhere.conf").toString();
            String[][] commands = {
                {"up", nowhere},
                {"server", nowhere},
                {"up"},
                {"server"},
                {"nonsense"},
                {"--nonsense"},
                {"show", "nowhere"},
                {"down", "nowhere"},
            };
            for (String[] command : commands) {
                Outcome outcome = culvert.run(command);
                String words = String.join(" ", command);
                assertEquals(2, outcome.exit(), () -> words + ": " + outcome);
                assertFalse(outcome.err().isBlank(), words);
                assertNoTrace(outcome);
            }
        }
    }

    @Test
    void portInUse() {
        try (Lab lab = Lab.open("iperf3", "nft")) {
            Namespace where = lab.namespace("b");
            where.start("iperf3", "-s", "-p", "8080", "--forceflush")
                    .awaitLine("listening", java.time.Duration.ofSeconds(10));
            HostState before = HostState.of(where);
            lab.write("wg0.conf", INTERFACE);
            Path file =
                    lab.write(
                            "gateway.yaml",
                            "tunnel: wg0.conf\nlisten: [\"http://0.0.0.0:8080\"]\n");

            Outcome outcome = Culvert.in(lab, where).run("server", file.toString());

            assertEquals(2, outcome.exit(), outcome::toString);
            assertTrue(outcome.err().contains("8080"), outcome::toString);
            assertNoTrace(outcome);
            assertEquals(before, HostState.of(where));
        }
    }

    @Test
    void keysAreWhatWgMakesOfThem() {
        try (Lab lab = Lab.open("wg")) {
            Namespace where = lab.namespace("b");
            Culvert culvert = Culvert.in(lab, where);
            String key = culvert.run("genkey").orFail().out();
            Path file = lab.write("key", key + "\n");
            String launcher = System.getProperty("culvert.launcher", "../culvert");
            String ours = where.sh("%s pubkey <%s".formatted(launcher, file));
            assertEquals(where.sh("wg pubkey <" + file), ours);
            assertEquals(44, culvert.run("genpsk").orFail().out().strip().length());
        }
    }

    private static Bad bad(String what, String text, int line, String... words) {
        return new Bad(what, text, line, List.of(words));
    }

    private static void judge(Bad bad, String file, Outcome outcome) {
        assertEquals(2, outcome.exit(), () -> bad.what() + ": " + outcome);
        List<String> lines =
                outcome.err().lines().filter(line -> !line.isBlank() && !isWarning(line)).toList();
        assertEquals(1, lines.size(), () -> bad.what() + ": one line, please: " + outcome);
        if (bad.line() > 0) {
            String place = Pattern.quote(file) + ":" + bad.line() + "\\b";
            assertTrue(
                    Pattern.compile(place).matcher(lines.getFirst()).find(),
                    () -> bad.what() + ", wanted line " + bad.line() + ": " + lines);
        }
        for (String word : bad.words()) {
            assertTrue(lines.getFirst().contains(word), () -> bad.what() + ", " + word + lines);
        }
        assertFalse(outcome.err().contains(KEYS.privateKey()), "a key was printed");
        assertNoTrace(outcome);
    }

    private static boolean isWarning(String line) {
        return line.toLowerCase(java.util.Locale.ROOT).contains("warning");
    }

    private static void assertNoTrace(Outcome outcome) {
        assertFalse(outcome.err().contains("\tat "), outcome::toString);
        assertFalse(outcome.err().contains("Exception"), outcome::toString);
    }
}
