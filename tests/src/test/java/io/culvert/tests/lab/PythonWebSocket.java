package io.culvert.tests.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/** WebSocket ends by Python's {@code websockets}, which others wrote. Stateless. */
public final class PythonWebSocket {
    /** Debian's, whatever else is on the PATH. */
    private static final String PYTHON = "/usr/bin/python3";

    private static final Duration START = Duration.ofSeconds(15);

    private PythonWebSocket() {}

    /** Skips the test where the library is missing. */
    public static void require() {
        Assumptions.assumeTrue(
                Shell.run(PYTHON, "-c", "import websockets").exit() == 0,
                "needs python3-websockets");
    }

    /** A client that carries what comes to a UDP port of loopback; up when this returns. */
    public static Running client(Lab lab, Namespace where, String... words) {
        return start(lab, where, "bare-client.py", words);
    }

    /** A server before a WireGuard on a UDP port of loopback. */
    public static Running server(Lab lab, Namespace where, String... words) {
        return start(lab, where, "bare-server.py", words);
    }

    private static Running start(Lab lab, Namespace where, String script, String... words) {
        Path file = lab.write(script, resource(script));
        List<String> command = new ArrayList<>(List.of(PYTHON, file.toString()));
        command.addAll(Arrays.asList(words));
        Running running = where.start(command.toArray(String[]::new));
        running.awaitLine("^ready", START);
        return running;
    }

    private static String resource(String name) {
        try (InputStream in = PythonWebSocket.class.getResourceAsStream("/" + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
