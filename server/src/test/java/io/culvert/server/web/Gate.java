package io.culvert.server.web;

import io.culvert.carrier.Hello;
import io.culvert.config.ConfigException;
import io.culvert.loop.epoll.EpollLoop;
import io.culvert.server.config.ListenAddress;
import io.culvert.server.config.Website;
import io.culvert.server.tls.GatewayTls;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;
import io.culvert.time.WallClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A web front with a loop of its own, on which an {@link Echo} listens. */
final class Gate implements AutoCloseable {
    static final String TOKEN = "secret";
    static final ListenAddress ANY_HTTP = new ListenAddress.Http("127.0.0.1", 0);
    static final ListenAddress ANY_HTTPS = new ListenAddress.Https("127.0.0.1", 0);

    final Echo echo = new Echo();
    final EpollLoop loop;
    final WebFront front;
    private final Thread thread;

    /** Whether tunnels count as some peer's. */
    volatile boolean isProven = true;

    private Gate(WebFrontSettings settings, String path) throws IOException {
        MonotonicClock clock = MonotonicClock.system();
        loop = EpollLoop.open(clock::nowNs);
        thread = new Thread(this::runLoop, "loop");
        Hello hello = new Hello(1, new UUID(1, 1), 0, 65_536);
        TunnelEnd end = new TunnelEnd(loop, hello, new Drops(), clock);
        Entrance entrance =
                new Entrance(path, (token, now) -> TOKEN.equals(token), echo, _ -> isProven);
        front = new WebFront(settings, end, List.of(entrance), WallClock.system());
    }

    static Gate start(WebFrontSettings settings) throws IOException, ConfigException {
        return start(settings, "/connect");
    }

    static Gate start(WebFrontSettings settings, String path) throws IOException, ConfigException {
        Gate gate = new Gate(settings, path);
        gate.thread.start();
        boolean success = false;
        try {
            gate.front.start();
            success = true;
            return gate;
        } finally {
            if (!success) {
                gate.stopLoop();
            }
        }
    }

    static WebFrontSettings settings(ListenAddress listen, @Nullable GatewayTls tls) {
        return new WebFrontSettings(
                List.of(listen),
                "gateway.yaml:2",
                new Website.Plain(),
                List.of(),
                tls,
                0,
                WebLimits.USUAL);
    }

    static WebFrontSettings with(WebFrontSettings like, Website website) {
        return new WebFrontSettings(
                like.listen(),
                like.listenPlace(),
                website,
                like.trustedProxies(),
                like.tls(),
                like.fwmark(),
                like.limits());
    }

    static WebFrontSettings with(WebFrontSettings like, WebLimits limits) {
        return new WebFrontSettings(
                like.listen(),
                like.listenPlace(),
                like.website(),
                like.trustedProxies(),
                like.tls(),
                like.fwmark(),
                limits);
    }

    private void runLoop() {
        try {
            loop.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        String address = front.listening().get(0);
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** How many tunnels are open, as the loop sees it. */
    int tunnels() throws Exception {
        CompletableFuture<Integer> count = new CompletableFuture<>();
        loop.execute(() -> count.complete(front.carriers().size()));
        return count.get(5, TimeUnit.SECONDS);
    }

    boolean isLoopAlive() {
        return thread.isAlive();
    }

    @Override
    public void close() {
        front.stop(Duration.ofSeconds(2));
        stopLoop();
    }

    private void stopLoop() {
        loop.stop();
        try {
            thread.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.close();
    }
}
