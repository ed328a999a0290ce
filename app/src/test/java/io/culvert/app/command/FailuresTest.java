package io.culvert.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.app.run.WrongInput;
import io.culvert.config.ConfigException;
import io.culvert.host.HostException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FailuresTest {
    private final StringWriter err = new StringWriter();

    /** A command that fails as it is told. */
    @Command(name = "fails")
    private record Fails(Exception how) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            throw how;
        }
    }

    private int run(Exception how, String... words) {
        Failures failures = new Failures();
        return new CommandLine(new Culvert())
                .addSubcommand(new Fails(how))
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures)
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }

    private String line(Exception how, int code) {
        assertEquals(code, run(how, "fails"));
        String line = err.toString();
        err.getBuffer().setLength(0);
        assertEquals(1, line.lines().count(), line);
        return line.strip();
    }

    @Test
    void wrongInputIsToldInOneLineWithCodeTwo() {
        assertEquals("culvert: what: remedy", line(new WrongInput("what: remedy"), 2));
        assertEquals(
                "culvert: home.conf:3: bad: do this",
                line(new ConfigException("home.conf", 3, "DNS", "bad", "do this"), 2));
    }

    @Test
    void failureWhileRunningHasCodeOne() {
        assertTrue(line(new HostException("no", "try so"), 1).startsWith("culvert: no"));
        assertEquals("culvert: it broke", line(new IOException("it broke"), 1));
    }

    @Test
    void fileFaultsSayWhatIsWrongWithTheFile() {
        assertEquals("culvert: /a: there is no such file", line(new NoSuchFileException("/a"), 1));
        assertEquals("culvert: /a: permission denied", line(new AccessDeniedException("/a"), 1));
        assertEquals(
                "culvert: /a: it exists already", line(new FileAlreadyExistsException("/a"), 1));
        assertEquals(
                "culvert: /a: Read-only file system",
                line(new FileSystemException("/a", null, "Read-only file system"), 1));
    }

    @Test
    void exceptionWithoutWordsIsNamed() {
        assertTrue(line(new ClosedChannelException(), 1).contains("ClosedChannelException"));
        assertTrue(line(new FileSystemException("/a"), 1).contains("FileSystemException: /a"));
    }

    @Test
    void bugIsCalledSoAndItsTraceIsOnlyForDebug() {
        IllegalStateException bug = new IllegalStateException("7 of 6");
        String line = line(bug, 1);
        assertTrue(line.startsWith("culvert: a bug: ") && line.contains("7 of 6"), line);
        assertEquals(1, run(bug, "--debug", "fails"));
        assertTrue(err.toString().contains("\tat "), err.toString());
    }

    @Test
    void wrongCommandLineIsWrongInput() {
        assertEquals(2, run(new IOException("never"), "fails", "--what"));
        assertTrue(err.toString().contains("--what"), err.toString());
    }
}
