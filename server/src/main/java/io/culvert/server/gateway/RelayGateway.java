package io.culvert.server.gateway;

import io.culvert.carrier.Hello;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.config.ConfigException;
import io.culvert.device.LoopThread;
import io.culvert.libc.BootTimeClock;
import io.culvert.server.config.GatewayConfig;
import io.culvert.server.relay.Relays;
import io.culvert.server.tls.TlsException;
import io.culvert.server.web.TunnelEnd;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;
import io.culvert.time.WallClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A gateway without a tunnel of its own: relays only. It holds no key, makes no interface and needs
 * no privilege. Confined to whoever starts and closes it.
 */
public final class RelayGateway implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofMillis(1500);

    private final LoopThread thread;
    private @Nullable WebEntrance web;

    /** Confined to the loop. */
    private @Nullable Relays relays;

    private RelayGateway(LoopThread thread) {
        this.thread = thread;
    }

    /**
     * Starts it and listens.
     *
     * @param stateFolder where a certificate that it makes itself is kept
     * @throws IOException when something cannot be had at run time
     * @throws ConfigException when an address cannot be listened on, or the like
     * @throws TlsException when the certificate cannot be used
     */
    public static RelayGateway start(GatewayConfig config, Path stateFolder)
            throws IOException, ConfigException, TlsException {
        MonotonicClock clock = new BootTimeClock();
        RelayGateway gateway = new RelayGateway(LoopThread.start(clock));
        boolean success = false;
        try {
            gateway.startAll(config, stateFolder, clock);
            success = true;
            return gateway;
        } finally {
            if (!success) {
                gateway.close();
            }
        }
    }

    private void startAll(GatewayConfig config, Path stateFolder, MonotonicClock clock)
            throws IOException, ConfigException, TlsException {
        Drops drops = new Drops();
        Relays.Ground ground = new Relays.Ground(thread.loop(), clock::nowNs, drops, 0);
        Relays started =
                thread.call(() -> {
                    Relays made = Relays.start(config.relays(), ground);
                    relays = made;
                    return made;
                });
        Hello hello = new Hello(1, UUID.randomUUID(), 0, WebSocketCarrier.LARGEST_MESSAGE_BYTES);
        web =
                WebEntrance.open(
                        new WebEntrance.Setup(config, stateFolder, 0),
                        new TunnelEnd(thread.loop(), hello, drops, clock),
                        Entrances.ofRelays(config, null, started),
                        WallClock.system());
    }

    /** The addresses listened on. */
    public List<String> listening() {
        return web == null ? List.of() : web.listening();
    }

    /** What a client may pin; null when the gateway speaks no TLS itself. */
    public @Nullable String pin() {
        return web == null ? null : web.pin();
    }

    /** Completes when the loop ended by a fault of its own. */
    public CompletableFuture<Throwable> failed() {
        return thread.failed();
    }

    /** Says goodbye on every WebSocket, stops serving, ends the loop. */
    @Override
    public void close() {
        if (web != null) {
            web.stop(STOP_LIMIT);
        }
        thread.close(() -> {
            if (relays != null) {
                relays.close();
            }
        });
    }
}
