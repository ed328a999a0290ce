package io.culvert.app.command;

import io.culvert.app.run.Show;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Show what runs here, like 'wg show', with how each peer is reached.")
final class ShowCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Only this interface.")
    private @Nullable String name;

    @Option(names = "--json", description = "The machine's view; its keys are stable.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        Show show = new Show(spec.commandLine().getOut());
        return json ? show.json(name) : show.text(name);
    }
}
