package io.culvert.app.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command: WireGuard wherever the web goes. */
@Command(
        name = "culvert",
        description = "WireGuard over WebSocket and TLS: a VPN that goes wherever the web goes.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed while running", "2:wrong input"})
public final class Culvert implements Runnable {
    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Log more, and show stack traces.")
    private boolean debug;

    @Spec private @Nullable CommandSpec spec;

    /** Whether stack traces are wanted. */
    public boolean isDebug() {
        return debug;
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "a command is missing: try --help");
        }
    }
}
