package io.culvert.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.host.HostException;
import io.culvert.host.Journal;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.RunDir;
import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shells in the place of the tunnel's process. */
@Tag("loopback")
class BackgroundIT {
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(30);

    @TempDir private Path folder;
    private final StringWriter told = new StringWriter();
    private final PrintWriter err = new PrintWriter(told);
    private RunDir runDir = new RunDir(Path.of("/nowhere"));
    private List<Process> started = List.of();

    @BeforeEach
    void make() {
        runDir = new RunDir(folder.resolve("run"));
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private Background start(String script) throws IOException, HostException {
        Path log = Background.freshLog(runDir, "home");
        Process process =
                new ProcessBuilder("sh", "-c", script)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        started = List.of(process);
        return new Background(process, log, err);
    }

    private static int await(Background background, long patienceNs) throws IOException {
        return background.await(MonotonicClock.system(), patienceNs);
    }

    @Test
    void returnsAtReadyAndLeavesItRunning() throws Exception {
        Background up =
                start("echo 'up: home'; echo a warning >&2; echo 'ready: yes'; exec sleep 60");
        assertEquals(0, await(up, LONG_NS));
        assertEquals("up: home\na warning\nready: yes\n", told.toString());
        assertTrue(started.getFirst().isAlive());
    }

    @Test
    void returnsTheCodeOfOneThatEndsAndRepeatsWhatItSaid() throws Exception {
        assertEquals(2, await(start("echo 'culvert: home.conf:3: what' >&2; exit 2"), LONG_NS));
        assertEquals("culvert: home.conf:3: what\n", told.toString());
    }

    @Test
    void doesNotWaitForEverForGatewayThatDoesNotAnswer() throws Exception {
        Background up = start("echo 'up: home is set up, connecting to …'; exec sleep 60");
        assertEquals(0, await(up, TimeUnit.MILLISECONDS.toNanos(200)));
        String log = runDir.folder().resolve("home.log").toString();
        assertTrue(told.toString().contains("not connected yet: still trying; log: " + log));
        assertTrue(started.getFirst().isAlive());
    }

    @Test
    void doesNotWaitForEverForNameWithoutAddress() throws Exception {
        Background up = start("echo 'waiting: home needs the address of x'; exec sleep 60");
        assertEquals(0, await(up, TimeUnit.MILLISECONDS.toNanos(200)));
        assertTrue(started.getFirst().isAlive());
    }

    @Test
    void logIsItsOwnersAndBeginsAnew() throws Exception {
        Path log = Background.freshLog(runDir, "home");
        Files.writeString(log, "of the last time\n");
        assertEquals(log, Background.freshLog(runDir, "home"));
        assertEquals("", Files.readString(log));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));
        assertEquals(List.of(), runDir.names(), "a log is no interface");
    }

    @Test
    void logOfOneThatRunsIsLeftAlone() throws Exception {
        Path log = Background.freshLog(runDir, "home");
        Files.writeString(log, "still needed\n");
        Journal journal = Journal.claim(runDir, "home", Owner.self(), Machine.local());
        HostException refused =
                assertThrows(HostException.class, () -> Background.freshLog(runDir, "home"));
        assertTrue(String.valueOf(refused.getMessage()).contains("in use by process"));
        assertEquals("still needed\n", Files.readString(log));
        assertEquals(List.of(), journal.undo());
        assertFalse(Files.readString(Background.freshLog(runDir, "home")).contains("needed"));
    }
}
