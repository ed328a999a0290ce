package io.culvert.server.gateway;

import io.culvert.config.ConfigException;
import io.culvert.server.config.GatewayConfig;
import io.culvert.server.config.ListenAddress;
import io.culvert.server.tls.GatewayTls;
import io.culvert.server.tls.TlsException;
import io.culvert.server.web.Entrance;
import io.culvert.server.web.TunnelEnd;
import io.culvert.server.web.WebFront;
import io.culvert.server.web.WebFrontSettings;
import io.culvert.server.web.WebLimits;
import io.culvert.time.WallClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The web side of a gateway as its configuration wants it. Confined to whoever starts it. */
final class WebEntrance {
    private final WebFront front;
    private final @Nullable GatewayTls tls;

    private WebEntrance(WebFront front, @Nullable GatewayTls tls) {
        this.front = front;
        this.tls = tls;
    }

    /**
     * What it is made of.
     *
     * @param stateFolder where a certificate that the gateway makes itself is kept
     * @param fwmark what policy routing knows our own packets by; 0 for none
     */
    record Setup(GatewayConfig config, Path stateFolder, int fwmark) {}

    static WebEntrance open(Setup setup, TunnelEnd end, List<Entrance> entrances, WallClock wall)
            throws ConfigException, TlsException {
        GatewayConfig config = setup.config();
        boolean secure = config.listen().stream().anyMatch(ListenAddress.Https.class::isInstance);
        GatewayTls tls =
                secure ? GatewayTls.open(config.tls(), setup.stateFolder(), wall.now()) : null;
        WebFrontSettings settings =
                new WebFrontSettings(
                        config.listen(),
                        config.placeOf("listen"),
                        config.website(),
                        config.trustedProxies(),
                        tls,
                        setup.fwmark(),
                        WebLimits.USUAL);
        WebFront front = new WebFront(settings, end, entrances, wall);
        front.start();
        return new WebEntrance(front, tls);
    }

    List<String> listening() {
        return front.listening();
    }

    @Nullable String pin() {
        return tls == null ? null : tls.pin();
    }

    void stop(Duration limit) {
        front.stop(limit);
    }
}
