package io.culvert.tests.lab;

import java.nio.file.Path;

/**
 * The network that the tests share: client – gateway – world, IPv4 and IPv6. Confined to the test's
 * thread.
 *
 * <pre>
 *   client  c0 192.0.2.2 ──── 192.0.2.1 g0  gateway  g1 198.51.100.1 ──── 198.51.100.2 w0  world
 *              2001:db8:1::2  2001:db8:1::1             2001:db8:2::1     2001:db8:2::2
 * </pre>
 *
 * <p>The client's default route leads to the gateway, the gateway's to the world: so what leaks is
 * seen on the outer cable and would even arrive.
 */
public final class Outside {
    public static final String CLIENT_4 = "192.0.2.2";
    public static final String CLIENT_6 = "2001:db8:1::2";
    public static final String GATEWAY_4 = "192.0.2.1";
    public static final String GATEWAY_6 = "2001:db8:1::1";
    public static final String WORLD_4 = "198.51.100.2";
    public static final String WORLD_6 = "2001:db8:2::2";

    /** The gateway's name in the certificates, known to the lab's name server only. */
    public static final String GATEWAY_NAME = "vpn.example.com";

    private final Lab lab;
    private final Namespace client;
    private final Namespace gateway;
    private final Namespace world;
    private final Link outer;

    private Outside(Lab lab) {
        this.lab = lab;
        this.client = lab.namespace("c");
        this.gateway = lab.namespace("g");
        this.world = lab.namespace("w");
        this.outer =
                lab.link(client, "c0", gateway, "g0")
                        .addresses(CLIENT_4 + "/24", GATEWAY_4 + "/24")
                        .addresses(CLIENT_6 + "/64", GATEWAY_6 + "/64");
        lab.link(gateway, "g1", world, "w0")
                .addresses("198.51.100.1/24", WORLD_4 + "/24")
                .addresses("2001:db8:2::1/64", WORLD_6 + "/64");
        client.sh(
                "ip route add default via %s; ip -6 route add default via %s"
                        .formatted(GATEWAY_4, GATEWAY_6));
        gateway.sh(
                "ip route add default via %s; ip -6 route add default via %s"
                        .formatted(WORLD_4, WORLD_6));
    }

    public static Outside in(Lab lab) {
        return new Outside(lab);
    }

    public Lab lab() {
        return lab;
    }

    public Namespace client() {
        return client;
    }

    public Namespace gateway() {
        return gateway;
    }

    public Namespace world() {
        return world;
    }

    /** The cable between client and gateway. */
    public Link outer() {
        return outer;
    }

    /** A certificate for every name and address of the gateway, self-signed: also the CA file. */
    public Path certificate() {
        Path folder = lab.folder().resolve("tls");
        Shell.sh(
                """
                mkdir -p %1$s; cd %1$s; test -s fullchain.pem && exit 0
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
                  -subj /CN=%2$s -addext subjectAltName=DNS:%2$s,IP:%3$s,IP:%4$s \
                  -keyout privkey.pem -out fullchain.pem 2>openssl.log
                chmod 600 privkey.pem
                """
                        .formatted(folder, GATEWAY_NAME, GATEWAY_4, GATEWAY_6));
        return folder;
    }
}
