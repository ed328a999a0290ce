package io.culvert.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A gateway with {@code inside: userspace} by a user without any privilege, and two peers: a proxy
 * of ours, without root as well, and a wireguard-go of others. Confined to the test's thread.
 */
public final class RootlessGateway {
    public static final String PROXY_4 = "10.8.0.2";
    public static final String DEVICE_4 = "10.8.0.3";
    public static final String DEVICE_6 = "fd08::3";
    private static final int UDP_PORT = 51_820;

    private final Outside outside;
    private final Rootless user;
    private final Rootless proxyUser;
    private final Path gatewayFile;
    private final Path proxyFile;
    private final Keys gatewayKeys = Keys.make();
    private final Keys deviceKeys = Keys.make();
    private final List<Running> started = new ArrayList<>();

    private RootlessGateway(Outside outside, String yaml) {
        this.outside = outside;
        this.user = Rootless.in(outside.lab(), outside.gateway());
        this.proxyUser = Rootless.in(outside.lab(), outside.client());
        Keys proxyKeys = Keys.make();
        user.write("gate.conf", gatewayTunnel(proxyKeys));
        Path tls = outside.certificate();
        Path certificate = user.write("fullchain.pem", text(tls.resolve("fullchain.pem")));
        user.write("privkey.pem", text(tls.resolve("privkey.pem")));
        this.gatewayFile =
                user.write(
                        "gateway.yaml",
                        """
                        tunnel: gate.conf
                        inside: userspace
                        listen: ["https://0.0.0.0:8443", "udp://0.0.0.0:51820"]
                        tls: {certificate: fullchain.pem, key: privkey.pem}
                        """
                                + yaml);
        this.proxyFile = proxyUser.write("cvt0.conf", proxyTunnel(proxyKeys, certificate));
    }

    /**
     * The files, and nothing that runs yet.
     *
     * @param yaml further lines of the gateway's file
     */
    public static RootlessGateway in(Outside outside, String yaml) {
        return new RootlessGateway(outside, yaml);
    }

    private String gatewayTunnel(Keys proxyKeys) {
        return """
        [Interface]
        PrivateKey = %s
        Address = 10.8.0.1/24, fd08::1/64

        [Peer]
        PublicKey = %s
        AllowedIPs = 10.8.0.2/32, fd08::2/128

        [Peer]
        PublicKey = %s
        AllowedIPs = 10.8.0.3/32, fd08::3/128
        """
                .formatted(gatewayKeys.privateKey(), proxyKeys.publicKey(), deviceKeys.publicKey());
    }

    private String proxyTunnel(Keys proxyKeys, Path certificate) {
        return """
        [Interface]
        PrivateKey = %s
        Address = 10.8.0.2/32, fd08::2/128
        DNS = 10.8.0.1
        [Peer]
        PublicKey = %s
        AllowedIPs = 0.0.0.0/0, ::/0
        #@ WebSocket = wss://%s:8443/connect
        #@ CaFile = %s
        """
                .formatted(
                        proxyKeys.privateKey(),
                        gatewayKeys.publicKey(),
                        Outside.GATEWAY_4,
                        certificate);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Rootless user() {
        return user;
    }

    /** A gateway of another name, with this line in its file, to its end. */
    public Outcome other(String line) {
        return user.run("server", otherFile(line).toString());
    }

    /** The same, which goes on. */
    public Running startOther(String line) {
        Running running = user.start("server", otherFile(line).toString());
        started.add(running);
        return running;
    }

    private Path otherFile(String line) {
        user.write(
                "other.conf",
                "[Interface]\nPrivateKey = %s\nAddress = 10.9.0.1/24\n"
                        .formatted(Keys.make().privateKey()));
        return user.write(
                "other.yaml",
                "tunnel: other.conf\ninside: userspace\nprivateRanges: deny\n" + line + "\n");
    }

    /** Starts the gateway, which says when it is ready. */
    public Running gateway() {
        Running gateway = user.start("server", gatewayFile.toString());
        started.add(gateway);
        gateway.awaitLine("^ready: gate \\(userspace\\) listens on ", Culvert.START);
        return gateway;
    }

    /** Starts the proxy with these further words, and waits until it reaches the gateway. */
    public Running proxy(String... options) {
        List<String> words = new ArrayList<>(List.of("proxy", proxyFile.toString()));
        words.addAll(List.of(options));
        Running proxy = proxyUser.start(words.toArray(String[]::new));
        started.add(proxy);
        proxy.awaitLine("^ready: cvt0 reaches ", Culvert.START);
        return proxy;
    }

    /** The peer of others by UDP, whose routes to the world and the other peers lead through it. */
    public WireGuardDevice device() {
        Namespace client = outside.client();
        WireGuardDevice device =
                new WireGuardDevice(outside.lab(), client, deviceKeys.privateKey(), 0)
                        .addresses(DEVICE_4 + "/32", DEVICE_6 + "/128")
                        .peer(
                                gatewayKeys.publicKey(),
                                "endpoint %s:%d allowed-ips 0.0.0.0/0,::/0"
                                        .formatted(Outside.GATEWAY_4, UDP_PORT));
        for (String prefix : List.of("198.51.100.0/24", "10.0.0.0/8", "169.254.0.0/16")) {
            client.sh("ip route add %s dev %s".formatted(prefix, device.device()));
        }
        client.sh("ip -6 route add 2001:db8:2::/64 dev " + device.device());
        client.sh("ip -6 route add fd08::/64 dev " + device.device());
        return outside.lab().closing(device);
    }

    /** Ends all that runs, cleanly. */
    public void end() {
        for (Running running : started.reversed()) {
            running.signal("TERM");
            running.awaitExit(Duration.ofSeconds(10));
        }
        started.clear();
    }
}
