package io.culvert.tests.lab;

import java.nio.file.Path;

/** Writes the files of a {@link Tunnel} by hand, as the README tells a person to. Immutable. */
final class TunnelFiles {
    /** The client's file and so its interface. */
    static final String CLIENT_INTERFACE = "cvt0";

    private final Path gateway;
    private final Path client;

    TunnelFiles(Outside outside, Road road, Tunnel.Options options, Path gatewayRuntime) {
        Lab lab = outside.lab();
        Keys gatewayKeys = Keys.make();
        Keys clientKeys = Keys.make();
        String psk = options.preshared() ? "PresharedKey = " + Keys.preshared() : "";
        lab.write(
                "wg0.conf",
                """
                [Interface]
                PrivateKey = %s
                Address = 10.8.0.1/24, fd08::1/64

                [Peer]
                PublicKey = %s
                %s
                AllowedIPs = 10.8.0.2/32, fd08::2/128
                """
                        .formatted(gatewayKeys.privateKey(), clientKeys.publicKey(), psk));
        this.gateway = lab.write("gateway.yaml", yaml(outside, road, gatewayRuntime));
        String peer =
                """
                [Peer]
                PublicKey = %s
                %s
                %s
                %s
                """
                        .formatted(
                                gatewayKeys.publicKey(),
                                psk,
                                endpoint(outside, road, options),
                                options.lines().ofPeer());
        String text = clientInterface(clientKeys, options) + peer + allowedIps(options);
        this.client = lab.write(CLIENT_INTERFACE + ".conf", text);
    }

    private static String clientInterface(Keys keys, Tunnel.Options options) {
        return """
        [Interface]
        PrivateKey = %s
        Address = 10.8.0.2/32, fd08::2/128
        %s
        %s
        """
                .formatted(
                        keys.privateKey(),
                        options.killSwitch() ? "#@ KillSwitch = true" : "",
                        options.lines().ofInterface());
    }

    private static String allowedIps(Tunnel.Options options) {
        String prefixes = options.fullTunnel() ? "0.0.0.0/0, ::/0" : "10.8.0.0/24, fd08::/64";
        return "AllowedIPs = " + prefixes + "\n";
    }

    Path gateway() {
        return gateway;
    }

    Path client() {
        return client;
    }

    private static String yaml(Outside outside, Road road, Path gatewayRuntime) {
        StringBuilder yaml = new StringBuilder("tunnel: wg0.conf\nnat: true\nlisten:\n");
        yaml.append("  - ").append(road.listen(gatewayRuntime.toString())).append('\n');
        if (road.isBehindNginx()) {
            yaml.append("trustedProxies: [127.0.0.0/8]\n");
        } else if (!road.isUdp()) {
            Path tls = outside.certificate();
            yaml.append(
                    "tls: {certificate: %1$s/fullchain.pem, key: %1$s/privkey.pem}\n"
                            .formatted(tls));
        }
        return yaml.toString();
    }

    private static String endpoint(Outside outside, Road road, Tunnel.Options options) {
        String host = options.byName() ? Outside.GATEWAY_NAME : road.host();
        if (road.isUdp()) {
            return "Endpoint = %s:51820".formatted(host);
        }
        return "#@ WebSocket = wss://%s/connect%n#@ CaFile = %s/fullchain.pem"
                .formatted(host, outside.certificate());
    }
}
