package io.culvert.tests.lab;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A gateway and a client of ours on one {@link Road}, from files as a person would write them.
 * Confined to the test's thread.
 */
public final class Tunnel {
    public static final String GATEWAY_4 = "10.8.0.1";
    public static final String GATEWAY_6 = "fd08::1";
    public static final String CLIENT_4 = "10.8.0.2";
    public static final String CLIENT_6 = "fd08::2";

    private final Outside outside;
    private final Culvert gatewayProgram;
    private final Culvert clientProgram;
    private final Path gatewayFile;
    private final Path clientFile;
    private final @Nullable Nginx nginx;
    private Running gateway;
    private Running client;

    private Tunnel(Outside outside, Road road, Options options) {
        this.outside = outside;
        Lab lab = outside.lab();
        this.gatewayProgram = Culvert.in(lab, outside.gateway());
        this.clientProgram = Culvert.in(lab, outside.client());
        var files = new TunnelFiles(outside, road, options, gatewayProgram.runtime());
        this.gatewayFile = files.gateway();
        this.clientFile = files.client();
        String site = road == Road.NGINX_6_UNIX ? "culvert-unix.conf" : "culvert-443.conf";
        this.gateway = gatewayProgram.server(gatewayFile);
        this.nginx =
                road.isBehindNginx()
                        ? lab.closing(Nginx.start(outside, site, gatewayProgram.runtime()))
                        : null;
        if (options.awaitConnection) {
            this.client = clientProgram.up(clientFile);
        } else {
            this.client = clientProgram.start("up", clientFile.toString());
        }
    }

    /** What differs between tests. Immutable. */
    public record Options(
            boolean fullTunnel,
            boolean killSwitch,
            boolean preshared,
            boolean byName,
            boolean awaitConnection,
            Lines lines) {
        public static final Options PLAIN =
                new Options(false, false, false, false, true, new Lines("", ""));

        public Options withFullTunnel() {
            return new Options(true, true, preshared, byName, awaitConnection, lines);
        }

        public Options withoutKillSwitch() {
            return new Options(fullTunnel, false, preshared, byName, awaitConnection, lines);
        }

        /** The client is started, and may take its time. */
        public Options withoutWaiting() {
            return new Options(fullTunnel, killSwitch, preshared, byName, false, lines);
        }

        public Options withPreshared() {
            return new Options(fullTunnel, killSwitch, true, byName, awaitConnection, lines);
        }

        /** The client knows the gateway by name and must look it up. */
        public Options withName() {
            return new Options(fullTunnel, killSwitch, preshared, true, awaitConnection, lines);
        }

        /** Further lines for the client's [Interface] section. */
        public Options withClientLines(String more) {
            return with(new Lines(more, lines.ofPeer));
        }

        /** Further lines for the client's [Peer] section. */
        public Options withPeerLines(String more) {
            return with(new Lines(lines.ofInterface, more));
        }

        private Options with(Lines more) {
            return new Options(fullTunnel, killSwitch, preshared, byName, awaitConnection, more);
        }
    }

    /** Further lines of the client's file, by section. Immutable. */
    public record Lines(String ofInterface, String ofPeer) {}

    public static Tunnel open(Outside outside, Road road) {
        return new Tunnel(outside, road, Options.PLAIN);
    }

    public static Tunnel open(Outside outside, Road road, Options options) {
        return new Tunnel(outside, road, options);
    }

    public Outside outside() {
        return outside;
    }

    public Running gateway() {
        return gateway;
    }

    public Running client() {
        return client;
    }

    public Culvert clientProgram() {
        return clientProgram;
    }

    public Culvert gatewayProgram() {
        return gatewayProgram;
    }

    public Path clientFile() {
        return clientFile;
    }

    public Path gatewayFile() {
        return gatewayFile;
    }

    /** The nginx in front. */
    public Nginx nginx() {
        if (nginx == null) {
            throw new IllegalStateException("no nginx on this road");
        }
        return nginx;
    }

    /** Kills the gateway without warning and starts it again. */
    public void restartGateway() {
        gateway.killForcibly();
        gateway = gatewayProgram.server(gatewayFile);
    }

    /** Kills the client without warning and brings it up again. */
    public void restartClient() {
        client.killForcibly();
        client = clientProgram.up(clientFile);
    }

    /** Starts the client again after it was ended. */
    public void upAgain() {
        client = clientProgram.up(clientFile);
    }
}
