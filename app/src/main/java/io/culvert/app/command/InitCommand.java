package io.culvert.app.command;

import io.culvert.app.init.Init;
import io.culvert.app.init.InitWish;
import io.culvert.time.WallClock;
import java.io.Console;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code init}. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = {
            "Write the files of a new gateway and its first peers, and make their keys.",
            "Nothing that is there is written over."
        })
final class InitCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            defaultValue = ".",
            description = "Where to; made where it is not there. Here, when it is left out.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path folder;

    @Option(
            names = "--endpoint",
            paramLabel = "HOST[:PORT]",
            description = "How clients reach the gateway; else by an address of this machine.")
    private @Nullable String endpoint;

    @Option(
            names = "--peers",
            paramLabel = "N|NAME,...",
            split = ",",
            defaultValue = "1",
            description = "How many peers, or their names: a file NAME.conf for each.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> peers;

    @Option(
            names = "--address",
            paramLabel = "PREFIX,...",
            split = ",",
            defaultValue = "10.8.0.0/24",
            description = "The tunnel's addresses; the gateway has the first of them.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> addresses;

    @Option(
            names = "--dns",
            paramLabel = "ADDRESS,...",
            split = ",",
            description = {
                "Whom peers ask for names; else the gateway, where it needs no root.",
            })
    private List<String> dns = List.of();

    @Option(
            names = "--qr",
            description = {
                "Print each peer's file as a QR code, for phones. It holds the private key.",
                "On a terminal that is done anyway; --no-qr leaves it out."
            },
            negatable = true)
    private @Nullable Boolean qr;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        boolean isSeen = isTerminal(System.console());
        InitWish wish =
                new InitWish(folder, endpoint, peers, addresses, dns, qr == null ? isSeen : qr);
        Init.run(wish, spec.commandLine().getOut(), WallClock.system().now());
        return 0;
    }

    /** Null where the console is of an older kind (-Djdk.console). */
    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }
}
