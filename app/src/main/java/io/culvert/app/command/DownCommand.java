package io.culvert.app.command;

import io.culvert.app.run.Down;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code down}. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = "Bring a tunnel down and undo every trace, also after a kill -9.")
final class DownCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The interface's name, or its tunnel file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return Down.run(name, spec.commandLine().getErr());
    }
}
