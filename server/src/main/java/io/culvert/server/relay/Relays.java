package io.culvert.server.relay;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.loop.EventLoop;
import io.culvert.server.config.RelayConfig;
import io.culvert.stats.Drops;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/** All relay paths of a gateway, and the thread of their look-ups. Confined to the loop. */
public final class Relays implements AutoCloseable {
    private final Map<RelayConfig, RelayPath> paths = new LinkedHashMap<>();
    private final ExecutorService lookups =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("culvert-lookup").factory());

    private Relays() {}

    /**
     * What relays stand on.
     *
     * @param clock the loop's
     * @param drops where they count
     * @param fwmark what policy routing knows our own datagrams by; 0 for none
     */
    public record Ground(EventLoop loop, LongSupplier clock, Drops drops, int fwmark) {}

    /** Starts them; their targets are looked up from now on. */
    public static Relays start(Iterable<RelayConfig> configs, Ground ground) {
        Relays relays = new Relays();
        RelayTarget.Lookup lookup =
                new RelayTarget.Lookup(
                        ground.loop(), relays.lookups, InetAddress::getByName, ground.clock());
        RelayPath.Setup setup = new RelayPath.Setup(lookup, ground.drops(), ground.fwmark());
        for (RelayConfig config : configs) {
            RelayPath path = new RelayPath(config, setup);
            relays.paths.put(config, path);
            path.start();
        }
        return relays;
    }

    /** Who takes the WebSockets of this relay. */
    public CarrierListener listener(RelayConfig config) {
        return path(config);
    }

    /** Whether somebody known spoke through a carrier of this relay. */
    public boolean isProven(RelayConfig config, Carrier carrier) {
        return path(config).isProven(carrier);
    }

    private RelayPath path(RelayConfig config) {
        RelayPath path = paths.get(config);
        if (path == null) {
            throw new IllegalStateException("no relay of " + config.path());
        }
        return path;
    }

    /** Ends all sessions. */
    @Override
    public void close() {
        paths.values().forEach(RelayPath::close);
        lookups.shutdownNow();
    }
}
