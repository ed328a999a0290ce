package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Road;
import io.culvert.tests.lab.Rootless;
import io.culvert.tests.lab.Running;
import io.culvert.tests.lab.Traffic;
import io.culvert.tests.lab.Tunnel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code culvert proxy} by the other roads, and flows that outlive the gateway's process. */
@Tag("interop")
class ProxyRoadsInteropIT {
    private static final long BULK_BYTES = 24_000_000;
    private static final String SOCKS = "--socks5-hostname 127.0.0.1:1080";

    @ParameterizedTest
    @EnumSource(names = {"WSS_4", "UDP_4", "NGINX_4", "NGINX_6_UNIX"})
    void flowsOutliveTheGatewaysProcess(Road road) throws Exception {
        try (Lab lab = Lab.open("wg", "openssl", "curl", "setpriv", "nginx")) {
            Outside outside = Outside.in(lab);
            Namespace client = outside.client();
            Tunnel tunnel = Tunnel.open(outside, road, Tunnel.Options.PLAIN.withoutWaiting());
            tunnel.client().close(); // its file is the proxy's
            Rootless user = Rootless.in(lab, client);
            Path file = user.write("cvt0.conf", Files.readString(tunnel.clientFile()));
            Path bulk = Traffic.randomFile(lab, BULK_BYTES);
            Traffic.serve(outside.gateway(), Tunnel.GATEWAY_4, bulk);
            try (Running proxy = user.start("proxy", file.toString())) {
                proxy.awaitLine("^ready: cvt0 reaches ", Culvert.START);
                Path got = lab.folder().resolve("got");
                String url = "http://%s:8000/%s".formatted(Tunnel.GATEWAY_4, bulk.getFileName());
                String options = SOCKS + " -m 90 --limit-rate 8M -o " + got + " " + url;
                Running slow = client.start("sh", "-c", "curl -sS " + options + "; echo over");
                client.sh(
                        "until [ $(stat -c %s "
                                + got
                                + " || echo 0) -gt 4000000 ]; do sleep 0.1; done");
                tunnel.restartGateway();
                slow.awaitLine("^over$", Duration.ofSeconds(90));
                assertEquals(Traffic.sha256(bulk), Traffic.sha256(got), slow::toString);
                proxy.signal("TERM");
                assertEquals(0, proxy.awaitExit(Duration.ofSeconds(3)).exit(), proxy::toString);
            }
        }
    }
}
