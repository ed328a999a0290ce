package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProcessCommandsTest {
    private final ProcessCommands commands = new ProcessCommands();

    @Test
    void givesInputAndTakesBothOutputsAndTheExitCode() throws Exception {
        Commands.Result result =
                commands.run(List.of("sh", "-c", "cat; echo wrong >&2; exit 3"), "in\n");

        assertEquals(new Commands.Result(3, "in\n", "wrong\n"), result);
        assertFalse(result.succeeded());
        assertEquals("wrong", result.complaint());
    }

    @Test
    void passesArgumentsWithoutAShell() throws Exception {
        Commands.Result result = commands.run(List.of("echo", "$HOME; true", "a  b"), "");
        assertEquals("$HOME; true a  b\n", result.out());
    }

    @Test
    void doesNotBlockOnLargeOutput() throws Exception {
        String line = "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2";
        assertEquals(1 << 20, commands.run(List.of("sh", "-c", line), "").out().length());
    }

    @Test
    void endsAProgramThatDoesNotEnd() {
        ProcessCommands hasty = new ProcessCommands(Duration.ofMillis(50), Map.of());
        HostException e =
                assertThrows(HostException.class, () -> hasty.run(List.of("sleep", "60"), ""));
        assertTrue(String.valueOf(e.getMessage()).contains("sleep 60` has not ended after"));
    }

    @Test
    void aScriptIsItsShellsInputAndLeavesNothingToReadForItsPrograms() throws Exception {
        String line = "read -r rest; echo \"<$rest>\" \"$(tr '\\0' ' ' </proc/$$/cmdline)\"\n";
        Commands.Result result = commands.run(List.of("sh", ProcessCommands.SCRIPT), line);
        assertTrue(result.out().startsWith("<> "), result.out());
        assertTrue(result.out().endsWith("/sh -s \n"), result.out());
    }

    @Test
    void readsNothingWhereNothingIsGiven() throws Exception {
        assertEquals("", commands.run(List.of("cat"), "").out());
    }

    @Test
    void tellsThatASignalEndedIt() throws Exception {
        assertTrue(commands.run(List.of("sh", "-c", "kill -KILL $$"), "").wasKilled());
        assertFalse(commands.run(List.of("sh", "-c", "exit 3"), "").wasKilled());
    }

    @Test
    void namesAProgramThatIsMissing() {
        HostException e =
                assertThrows(HostException.class, () -> commands.run(List.of("no-such-x"), ""));
        assertEquals(
                "`no-such-x` cannot run, there is no program no-such-x: install it (Debian:"
                        + " iproute2, nftables) or put it on the PATH",
                e.getMessage());
        assertFalse(commands.has("no-such-x"));
    }

    @Test
    void findsSystemProgramsWithoutAPath() {
        assertTrue(new ProcessCommands(Duration.ofSeconds(9), Map.of("PATH", "")).has("sh"));
    }

    @Test
    void putsAComplaintOnOneLine() {
        assertEquals("a; b", new Commands.Result(1, "", "a\n  b\n").complaint());
        assertEquals("out", new Commands.Result(1, "out\n", " ").complaint());
        assertEquals("exit 4", new Commands.Result(4, "", "").complaint());
    }
}
