package io.culvert.app;

import io.culvert.app.command.Commands;
import io.culvert.app.command.Failures;
import io.culvert.app.command.ShortCommands;
import java.util.List;

/** The entry of the program. */
public final class Main {
    private Main() {}

    /** Runs a command and exits: 0 done, 1 failed while running, 2 wrong input. */
    public static void main(String[] args) {
        // The system orders a name's addresses by what it can reach (RFC 6724), not IPv4 first.
        System.setProperty("java.net.preferIPv6Addresses", "system");
        System.exit(run(args));
    }

    /** Runs a command in this process. */
    static int run(String... args) {
        Integer answered = ShortCommands.run(args, System.out, System.err);
        if (answered != null) {
            return answered;
        }
        boolean isWg = args.length > 0 && args[0].equals("wg");
        Logging.configure(
                List.of(args).contains("--debug"),
                isWg ? Logging.ofWireGuard(System.getenv("LOG_LEVEL")) : null);
        Failures failures = new Failures();
        return Commands.parser(args)
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }
}
