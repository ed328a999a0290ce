package io.culvert.app.command;

import io.culvert.app.demo.WarmUp;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code warm-up}: the training run of the start-up cache, which the launcher starts. */
@Command(name = "warm-up", hidden = true, description = "Train the start-up cache.")
final class WarmUpCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        Commands.parser("up").parseArgs("up", "--background", "home.conf");
        Commands.parser("server").parseArgs("server", "gateway.yaml");
        long packets = WarmUp.run();
        spec.commandLine().getErr().println(packets + " packets passed");
        return packets > 0 ? 0 : 1;
    }
}
