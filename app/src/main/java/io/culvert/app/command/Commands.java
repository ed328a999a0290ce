package io.culvert.app.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The program's commands, in the order of its help. */
public final class Commands {
    private static final Map<String, Supplier<Object>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("demo", DemoCommand::new);
        BY_NAME.put("init", InitCommand::new);
        BY_NAME.put("server", ServerCommand::new);
        BY_NAME.put("up", UpCommand::new);
        BY_NAME.put("proxy", ProxyCommand::new);
        BY_NAME.put("down", DownCommand::new);
        BY_NAME.put("show", ShowCommand::new);
        BY_NAME.put("relay", RelayCommand::new);
        BY_NAME.put("wg", WgCommand::new);
        BY_NAME.put("genkey", KeyCommands.GenKey::new);
        BY_NAME.put("pubkey", KeyCommands.PubKey::new);
        BY_NAME.put("genpsk", KeyCommands.GenPsk::new);
        BY_NAME.put("demo-peer", DemoPeerCommand::new);
        BY_NAME.put("warm-up", WarmUpCommand::new);
    }

    private Commands() {}

    /**
     * The parser for a command line. It knows only the command that the words name, where they name
     * one: to describe all of them takes longer than most commands run.
     */
    public static CommandLine parser(String... words) {
        CommandLine root = new CommandLine(new Culvert());
        String named = named(words);
        BY_NAME.forEach((name, command) -> {
            if (named.isEmpty() || named.equals(name)) {
                root.addSubcommand(name, command.get());
            }
        });
        return root;
    }

    private static String named(String... words) {
        return List.of(words).stream()
                .filter(word -> !word.startsWith("-"))
                .findFirst()
                .filter(BY_NAME::containsKey)
                .orElse("");
    }
}
