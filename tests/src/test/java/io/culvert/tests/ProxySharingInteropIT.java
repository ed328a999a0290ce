package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.HostState;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outcome;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Rootless;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Tunnel;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several processes of one user, and root, with one tunnel that needs no root. */
@Tag("interop")
class ProxySharingInteropIT {
    private static final Duration END = Duration.ofSeconds(5);
    private static final String ECHO = "10.8.0.1:7002";

    private static Lab lab;
    private static Rootless user;
    private static Namespace client;
    private static Culvert root;
    private static Path file;
    private static String text;
    private static HostState before;

    private final List<Running> started = new ArrayList<>();
    private static int fifos;

    @BeforeAll
    static void open() throws IOException {
        lab = Lab.open("wg", "openssl", "ncat", "setpriv", "mkfifo");
        Outside outside = Outside.in(lab);
        client = outside.client();
        Tunnel tunnel = Tunnel.open(outside, Road.WSS_4, Tunnel.Options.PLAIN.withoutWaiting());
        tunnel.client().close(); // its file is the proxy's
        text = Files.readString(tunnel.clientFile());
        user = Rootless.in(lab, client);
        file = user.write("cvt0.conf", text);
        root = Culvert.in(lab, client);
        outside.gateway().start("ncat", "-k", "-l", "10.8.0.1", "7002", "--exec", "/bin/cat");
        before = HostState.of(client);
    }

    @AfterAll
    static void close() {
        if (lab != null) {
            lab.close();
        }
    }

    @AfterEach
    void end() {
        started.forEach(Running::close);
        started.clear();
    }

    private Running kept(Running running) {
        started.add(running);
        return running;
    }

    private Running proxy() {
        Running proxy = kept(user.start("proxy", file.toString()));
        proxy.awaitLine("^ready: cvt0 reaches ", Culvert.START);
        return proxy;
    }

    /** One {@code --stdio} whose input the test writes. */
    private final class Pipe {
        private final Running process;
        private final OutputStream to;

        Pipe() throws IOException {
            Path fifo = lab.folder().resolve("fifo-" + fifos++);
            client.run("mkfifo", fifo.toString()).orFail();
            String words = String.join(" ", user.command("proxy", file + "", "--stdio", ECHO));
            process = kept(client.start("sh", "-c", "exec " + words + " <" + fifo));
            to = new FileOutputStream(fifo.toFile());
        }

        void echoes(String word) throws IOException {
            to.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
            process.awaitLine("^" + word + "$", Culvert.START);
        }

        void ends() throws IOException {
            to.close();
        }
    }

    @Test
    void downEndsAProxyOfItsUser() {
        Running proxy = proxy();
        user.run("down", "cvt0").orFail();
        assertEquals(0, proxy.awaitExit(END).exit(), proxy::toString);
        assertTrue(user.run("show").orFail().out().isEmpty());
        Outcome again = user.run("down", "cvt0");
        assertEquals(2, again.exit(), again::toString);
        assertEquals(before, HostState.of(client));
    }

    @Test
    void oneThatWasKilledIsNoHindrance() {
        proxy().killForcibly();
        user.run("down", "cvt0").orFail();
        proxy().killForcibly();
        Running next = proxy();
        next.signal("TERM");
        assertEquals(0, next.awaitExit(END).exit(), next::toString);
    }

    @Test
    void rootIsToldOfAUsersProxyAndEndsIt() {
        List<String> command = new ArrayList<>(user.command("proxy", file.toString()));
        command.replaceAll(word -> word.startsWith("XDG_RUNTIME_DIR=") ? "XDG_RUNTIME_DIR=" : word);
        Running proxy = kept(client.start(command.toArray(String[]::new)));
        proxy.awaitLine("^ready: cvt0 reaches ", Culvert.START);
        Running up = kept(root.start("up", file.toString()));
        up.awaitLine("user 65534 runs a proxy cvt0 \\(process " + proxy.pid() + "\\)", END);
        up.awaitLine("^up: cvt0", Culvert.START);
        up.signal("TERM");
        up.awaitExit(END);
        assertTrue(proxy.isAlive(), proxy::toString);
        root.run("down", "cvt0").orFail();
        assertEquals(0, proxy.awaitExit(END).exit(), proxy::toString);
    }

    @Test
    void interfaceOfThatNameIsNoticed() {
        Running up = kept(root.start("up", file.toString()));
        up.awaitLine("^up: cvt0", Culvert.START);
        Outcome refused = user.run("proxy", file.toString());
        assertEquals(1, refused.exit(), refused::toString);
        assertTrue(refused.err().contains("this machine has an interface cvt0"), refused::toString);
        up.signal("TERM");
        up.awaitExit(END);
    }

    @Test
    void pipesAndQuestionsGoThroughTheProxyThatRuns() throws IOException {
        Running proxy = proxy();
        Pipe one = new Pipe();
        Pipe two = new Pipe();
        one.echoes("one");
        two.echoes("two");
        String shown = user.run("show").orFail().out();
        assertEquals(2, shown.lines().filter(line -> line.contains("flow: stdio")).count());
        Outcome check = user.run("proxy", file + "", "--check", "10.8.0.1").orFail();
        assertTrue(check.out().startsWith("10.8.0.1 answers in "), check::toString);
        Outcome refused = user.run("proxy", file + "", "--stdio", "10.8.0.1:9");
        assertEquals(1, refused.exit(), refused::toString);
        assertTrue(refused.err().contains("10.8.0.1:9: the target refuses"), refused::toString);
        one.ends();
        assertEquals(0, one.process.awaitExit(END).exit(), one.process::toString);
        proxy.signal("TERM");
        assertEquals(0, proxy.awaitExit(END).exit(), proxy::toString);
        Outcome cut = two.process.awaitExit(END);
        assertEquals(1, cut.exit(), cut::toString);
        assertTrue(cut.err().contains("was cut"), cut::toString);
    }

    @Test
    void firstPipeStaysWhileOthersGoThroughIt() throws IOException {
        Pipe one = new Pipe();
        Pipe two = new Pipe();
        one.echoes("one");
        two.echoes("two");
        Running first = holder(one, two);
        Pipe joined = first.equals(one.process) ? two : one;
        (first.equals(one.process) ? one : two).ends();
        first.awaitLine("^$|^", END);
        first.signal("HUP"); // as ssh does with its proxy command
        joined.echoes("still");
        assertTrue(first.isAlive(), first::toString);
        joined.ends();
        assertEquals(0, joined.process.awaitExit(END).exit(), joined.process::toString);
        assertEquals(0, first.awaitExit(END).exit(), first::toString);
        assertTrue(user.run("show").orFail().out().isEmpty());
    }

    /** Which of the two has the tunnel. */
    private static Running holder(Pipe one, Pipe two) throws IOException {
        Path journal = file.resolveSibling("run").resolve("culvert/cvt0.journal");
        String owner = Files.readString(journal);
        return owner.contains("" + one.process.pid()) ? one.process : two.process;
    }

    @Test
    void downEndsOneThatStays() throws IOException {
        Pipe one = new Pipe();
        one.echoes("one");
        Pipe two = new Pipe();
        two.echoes("two");
        one.ends();
        one.process.signal("HUP");
        user.run("down", "cvt0").orFail();
        one.process.awaitExit(END);
        assertEquals(1, two.process.awaitExit(END).exit(), two.process::toString);
    }

    @Test
    void questionsWaitForEachOther() {
        List<Running> asking = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            asking.add(kept(user.start("proxy", file + "", "--check", "10.8.0.1")));
        }
        for (Running each : asking) {
            assertEquals(0, each.awaitExit(Duration.ofSeconds(30)).exit(), each::toString);
        }
    }

    @Test
    void otherTunnelOfTheSameNameIsNotJoined() {
        proxy();
        client.run("mkdir", "-p", file.resolveSibling("other").toString()).orFail();
        String other = text.replaceFirst("PrivateKey = .*", "PrivateKey = " + key());
        Outcome refused =
                user.run("proxy", user.write("other/cvt0.conf", other) + "", "--stdio", ECHO);
        assertEquals(2, refused.exit(), refused::toString);
        assertTrue(refused.err().contains("from another file with another key"), refused::toString);
    }

    private static String key() {
        return client.run("wg", "genkey").orFail().out().strip();
    }

    @Test
    void portThatCannotBeHadIsWrongInput() {
        Running taken = kept(client.start("ncat", "-k", "-l", "127.0.0.1", "1080"));
        Outcome inUse = user.run("proxy", file.toString());
        assertEquals(2, inUse.exit(), inUse::toString);
        assertEquals(
                "culvert: cannot listen at 127.0.0.1:1080, it is in use: end the program that has"
                        + " it, or choose another port",
                inUse.err().lines().reduce((_, last) -> last).orElse(""));
        taken.close();
        Outcome low = user.run("proxy", file.toString(), "--socks", "127.0.0.1:80");
        assertEquals(2, low.exit(), low::toString);
        assertTrue(low.err().contains("127.0.0.1:80, this user may not: ports below"), low.err());
        assertFalse(low.err().contains("Exception"), low.err());
    }
}
