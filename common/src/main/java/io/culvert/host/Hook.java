package io.culvert.host;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One shell line of the operator's, run as wg-quick does: by bash where there is one.
 *
 * <p>The line is the shell's input, not its argument, for everybody can read arguments; as it is
 * one line, nothing of it is left for the programs that it runs. What they print goes to our own
 * standard error. Thread-safe (stateless).
 */
final class Hook {
    private Hook() {}

    /**
     * Runs a line to its end.
     *
     * @param title what messages call it; the line may hold a secret
     * @return what went wrong, on one line; null for nothing
     */
    static @Nullable String run(Commands commands, String title, String line) throws HostException {
        String shell = commands.has("bash") ? "bash" : "sh";
        Commands.Result result = commands.run(List.of(shell, ProcessCommands.SCRIPT), line + "\n");
        return result.succeeded()
                ? null
                : title
                        + " failed (exit %d), what it printed stands above"
                                .formatted(result.exit());
    }
}
