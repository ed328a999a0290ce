package io.culvert.app.command;

import io.culvert.app.run.GatewayRun;
import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import io.culvert.server.config.GatewayConfig;
import io.culvert.server.gateway.GatewayFiles;
import io.culvert.server.tls.TlsException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code server} and {@code server check}. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        subcommands = ServerCommand.Check.class,
        description = "Run a gateway until Ctrl-C or SIGTERM.")
final class ServerCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The gateway's YAML file.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a key of the file, as in --set path=/vpn.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        if (file == null) {
            throw new picocli.CommandLine.ParameterException(
                    spec.commandLine(), "the gateway's file is missing");
        }
        GatewayConfig config = GatewayConfig.load(file, overrides, System.getenv());
        GatewayRun.run(config, spec.commandLine().getErr());
        return 0;
    }

    /** {@code server check}: reads the files and tells what is in force, changing nothing. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Check the files; print every key's value and where it comes from.")
    static final class Check implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "The gateway's YAML file.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Path file;

        @Option(names = "--set", paramLabel = "KEY=VALUE", description = "As for server.")
        private Map<String, String> overrides = new LinkedHashMap<>();

        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws ConfigException, TlsException {
            if (spec == null) {
                throw new IllegalStateException("not run by picocli");
            }
            GatewayConfig config = GatewayConfig.load(file, overrides, System.getenv());
            TunnelFile tunnel = config.tunnel() == null ? null : TunnelFile.read(config.tunnel());
            PrintWriter err = spec.commandLine().getErr();
            List<Warning> warnings =
                    new ArrayList<>(tunnel == null ? List.of() : tunnel.warnings());
            warnings.addAll(GatewayFiles.check(config, tunnel));
            warnings.forEach(warning -> err.println("warning: " + warning));
            PrintWriter out = spec.commandLine().getOut();
            for (GatewayConfig.Effective key : config.effective()) {
                out.printf("%-24s %-40s %s%n", key.key(), key.value(), key.source());
            }
            out.flush();
            return 0;
        }
    }
}
