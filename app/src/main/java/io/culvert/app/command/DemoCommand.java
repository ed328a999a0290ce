package io.culvert.app.command;

import io.culvert.app.demo.Demo;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Both halves on this machine, real traffic through them, and what it proved.")
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--keep",
            paramLabel = "FOLDER",
            description = "Leave a pair of files there: for a server, and for a laptop.")
    private @Nullable Path keep;

    @Option(
            names = "--rootless",
            description =
                    "Without networks of its own, as for a user who is not root: a proxy at one"
                            + " end, ordinary sockets at the other.")
    private boolean rootless;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return Demo.run(spec.commandLine().getOut(), System.out.charset(), rootless, keep);
    }
}
