package io.culvert.app.command;

import io.culvert.app.run.RelayRun;
import io.culvert.app.run.RelayRun.Wish;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relay}. */
@Command(
        name = "relay",
        mixinStandardHelpOptions = true,
        description = {
            "Carry the datagrams of a WireGuard on this machine to a gateway's relay path.",
            "Set that WireGuard's Endpoint to the address listened on; its keys stay its own."
        })
final class RelayCommand implements Callable<Integer> {
    @Option(
            names = "--listen",
            paramLabel = "udp://HOST:PORT",
            required = true,
            description = "Where WireGuard's datagrams come in, as in udp://127.0.0.1:51821")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String listen;

    @Option(
            names = "--to",
            paramLabel = "URL",
            required = true,
            description = "The gateway's relay path, as in wss://vpn.example.com/wg")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String url;

    @ArgGroup private @Nullable Whom whom;

    @ArgGroup private @Nullable Opener opener;

    @Option(
            names = "--fwmark",
            paramLabel = "MARK",
            description = {
                "Mark the connection's packets. Where wg-quick routes everything into its",
                "tunnel, give its mark (51820), or the relay's own packets would go there too."
            })
    private @Nullable String fwmark;

    @Option(names = "--bare", description = "One WebSocket message is one datagram, always.")
    private boolean bare;

    @Option(
            names = "--any-datagram",
            description = "Let other datagrams than WireGuard's pass too.")
    private boolean anyDatagram;

    @Spec private @Nullable CommandSpec spec;

    /**
     * Whom to believe that it is the gateway; the system's trust store decides where neither is.
     */
    static final class Whom {
        @Option(
                names = "--ca-file",
                paramLabel = "FILE",
                description = "Believe whom the certificates in this PEM file signed.")
        private @Nullable Path caFile;

        @Option(
                names = "--pin",
                paramLabel = "sha256/…",
                description =
                        "Believe who has this key, as the gateway prints it; may be repeated.")
        private List<String> pins = new ArrayList<>();
    }

    /** What opens the gateway's door. */
    static final class Opener {
        @Option(
                names = "--token-file",
                paramLabel = "FILE",
                description = "Bring the token that stands in this file.")
        private @Nullable Path tokenFile;

        @Option(
                names = "--gateway-key",
                paramLabel = "KEY",
                description = "Knock, with the gateway's public key.")
        private @Nullable String gatewayKey;
    }

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        Wish wish =
                new Wish(
                        listen,
                        url,
                        whom == null ? null : whom.caFile,
                        whom == null ? List.of() : whom.pins,
                        opener == null ? null : opener.tokenFile,
                        opener == null ? null : opener.gatewayKey,
                        fwmark,
                        bare,
                        anyDatagram);
        RelayRun.run(wish, spec.commandLine().getErr());
        return 0;
    }
}
