package io.culvert.server.relay;

import io.culvert.loop.EventLoop;
import io.culvert.server.config.RelayConfig.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address of a relay's target, looked up by name where it has one: again and again until there
 * is one, and anew for sessions that begin later. Confined to the loop; look-ups run elsewhere.
 */
final class RelayTarget {
    private static final Logger log = LoggerFactory.getLogger(RelayTarget.class);
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long FRESH_NS = TimeUnit.SECONDS.toNanos(60);

    /** Finds an address; blocks. */
    @FunctionalInterface
    interface Resolver {
        InetAddress lookUp(String host) throws UnknownHostException;
    }

    private final Target target;
    private final EventLoop loop;
    private final Executor lookups;
    private final Resolver resolver;
    private final LongSupplier clock;
    private final Runnable onFound;
    private final EventLoop.Timer retry;

    private @Nullable InetSocketAddress address;
    private boolean isName;
    private long askedNs;
    private boolean isAsking;
    private boolean isMissed;
    private boolean closed;

    /**
     * What it looks up with.
     *
     * @param lookups runs what blocks
     * @param clock the loop's
     */
    record Lookup(EventLoop loop, Executor lookups, Resolver resolver, LongSupplier clock) {}

    /**
     * A target whose address is asked for at once.
     *
     * @param onFound told when there is an address, for the first time
     */
    RelayTarget(Target target, Lookup lookup, Runnable onFound) {
        this.target = target;
        this.loop = lookup.loop();
        this.lookups = lookup.lookups();
        this.resolver = lookup.resolver();
        this.clock = lookup.clock();
        this.onFound = onFound;
        this.retry = loop.timer(this::ask);
    }

    /** Begins to look. */
    void start() {
        try {
            address = new InetSocketAddress(InetAddress.ofLiteral(target.host()), target.port());
        } catch (IllegalArgumentException name) {
            isName = true;
            ask();
        }
    }

    /** The address as last found; null while there is none. What is old is looked up anew. */
    @Nullable InetSocketAddress address() {
        if (isName && address != null && clock.getAsLong() - askedNs >= FRESH_NS) {
            ask();
        }
        return address;
    }

    private void ask() {
        if (isAsking || closed) {
            return;
        }
        isAsking = true;
        askedNs = clock.getAsLong();
        try {
            lookups.execute(this::lookUp);
        } catch (RejectedExecutionException ended) { // the gateway ends
            isAsking = false;
        }
    }

    private void lookUp() {
        InetAddress found = null;
        try {
            found = resolver.lookUp(target.host());
        } catch (UnknownHostException ignored) { // null says it
        }
        InetAddress answer = found;
        loop.execute(() -> onAnswer(answer));
    }

    private void onAnswer(@Nullable InetAddress found) {
        isAsking = false;
        if (found != null) {
            boolean isFirst = address == null;
            address = new InetSocketAddress(found, target.port());
            if (isMissed) {
                isMissed = false;
                log.info("relay target {} is {} now", target, found.getHostAddress());
            }
            if (isFirst) {
                onFound.run();
            }
        } else if (address == null) {
            if (!isMissed) {
                isMissed = true;
                log.warn(
                        "relay target {}: the host is not known: correct `to`, or the DNS;"
                                + " still trying",
                        target);
            }
            retry.arm(RETRY_NS);
        }
    }

    void close() {
        closed = true;
        retry.cancel();
    }

    @Override
    public String toString() {
        return target.toString();
    }
}
