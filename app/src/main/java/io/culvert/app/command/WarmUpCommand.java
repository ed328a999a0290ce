package io.culvert.app.command;

import io.culvert.app.demo.WarmUp;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code warm-up}: the training run of an end's start-up cache, which the launcher starts. The
 * gateway says a line when it listens, and ends with its stdin; the client goes on with the
 * folder's files then.
 */
@Command(name = "warm-up", hidden = true, description = "Train the start-up cache of an end.")
final class WarmUpCommand implements Callable<Integer> {
    /** Which end. */
    enum End {
        GATEWAY,
        CLIENT
    }

    @Parameters(index = "0")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private End end;

    @Parameters(index = "1", description = "Nobody else's; the gateway leaves its files there.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path folder;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        PrintWriter out = spec.commandLine().getOut();
        return switch (end) {
            case GATEWAY -> {
                Commands.parser("server").parseArgs("server", "gateway.yaml");
                WarmUp.gateway(folder, out, System.in);
                yield 0;
            }
            case CLIENT -> {
                Commands.parser("up").parseArgs("up", "--background", "home.conf");
                long packets = WarmUp.client(folder);
                out.println(packets + " packets passed");
                yield packets > 0 ? 0 : 1;
            }
        };
    }
}
