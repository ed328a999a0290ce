package io.culvert.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CommandsTest {
    @Test
    void namedCommandIsTheOnlyOneDescribed() {
        assertEquals(
                Set.of("up"),
                Commands.parser("--debug", "up", "home.conf").getSubcommands().keySet());
    }

    @Test
    void withoutANameAllAreThereForHelpAndSuggestions() {
        CommandLine all = Commands.parser("--help");

        assertTrue(all.getSubcommands().keySet().containsAll(Set.of("demo", "server", "up")));
        assertEquals(
                all.getSubcommands().keySet(), Commands.parser("upp").getSubcommands().keySet());
    }

    @Test
    void hiddenCommandsAreNotInTheHelp() {
        String help = Commands.parser("--help").getUsageMessage();

        assertTrue(help.contains("demo "), help);
        assertTrue(!help.contains("demo-peer") && !help.contains("warm-up"), help);
    }

    @Test
    void everyCommandHasHelp() {
        Commands.parser().getSubcommands().values().stream()
                .filter(command -> !command.getCommandSpec().usageMessage().hidden())
                .forEach(command ->
                        assertTrue(
                                command.getCommandSpec().findOption("--help") != null,
                                command.getCommandName()));
    }

    @Test
    void everyCommandHasTheNameItIsListedUnder() {
        Commands.parser()
                .getSubcommands()
                .forEach((name, command) -> assertEquals(name, command.getCommandName()));
    }
}
