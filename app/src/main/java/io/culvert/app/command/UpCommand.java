package io.culvert.app.command;

import io.culvert.app.run.Background;
import io.culvert.app.run.TunnelRun;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Bring a tunnel up; Ctrl-C or 'culvert down NAME' undoes every trace.")
final class UpCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A wg-quick file; its name is the interface's.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(
            names = {"-b", "--background"},
            description = {
                "Return once the tunnel is up, and keep it up. A gateway that does not answer",
                "is waited for 20 s; it is tried on then. The log: /run/culvert/NAME.log"
            })
    private boolean background;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        if (background) {
            boolean debug =
                    spec.root().userObject() instanceof Culvert culvert && culvert.isDebug();
            return Background.up(file, debug, spec.commandLine().getErr());
        }
        TunnelRun.run(file, spec.commandLine().getErr());
        return 0;
    }
}
