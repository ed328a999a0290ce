package io.culvert.app.command;

import io.culvert.app.run.ProxyRun;
import io.culvert.app.run.ProxyWish;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code proxy}. */
@Command(
        name = "proxy",
        mixinStandardHelpOptions = true,
        description = {
            "Reach what lies behind a tunnel without root: by SOCKS, HTTP proxy and forwards.",
            "Without options, the file's #@ lines say what is opened; without those,",
            "SOCKS and HTTP share 127.0.0.1:1080. ADDR is [address:]port or unix:/path."
        })
final class ProxyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A wg-quick file, the same as for 'up'.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(
            names = "--socks",
            paramLabel = "ADDR",
            description = "Serve SOCKS 5 and 4 here; the same ADDR as --http's is one port.")
    private @Nullable String socks;

    @Option(names = "--http", paramLabel = "ADDR", description = "Serve as an HTTP proxy here.")
    private @Nullable String http;

    @Option(
            names = "-L",
            paramLabel = "[ADDR:]PORT:HOST:PORT",
            description = "A local port to a target behind the tunnel; /udp at the end: datagrams.")
    private List<String> local = new ArrayList<>();

    @Option(
            names = "-R",
            paramLabel = "[ADDR:]PORT:HOST:PORT",
            description = "A port inside the tunnel to a target on this machine.")
    private List<String> remote = new ArrayList<>();

    @Option(
            names = "--dns",
            paramLabel = "ADDR",
            description = "Answer names here, by the tunnel's DNS servers.")
    private @Nullable String dns;

    @Option(
            names = "--stdio",
            paramLabel = "HOST:PORT",
            description = {
                "Join standard input and output with a target, as an ssh ProxyCommand;",
                "the file's #@ lines open nothing then."
            })
    private @Nullable String stdio;

    @Option(
            names = "--check",
            paramLabel = "HOST[:PORT]",
            description = {
                "Ask whether this answers through the tunnel (without a port: a ping), print one",
                "line and end: 0 if it does within 20 s, else 1. Opens nothing else."
            })
    private @Nullable String check;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "Whom SOCKS and HTTP clients must say that they are.")
    private @Nullable String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "Its first line is what those clients must know.")
    private @Nullable Path passwordFile;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        ProxyWish wish =
                new ProxyWish(
                        file, socks, http, local, remote, dns, stdio, check, user, passwordFile);
        var line = spec.commandLine();
        ProxyRun.run(wish, new ProxyRun.Output(line.getOut(), line.getErr()));
        return 0;
    }
}
