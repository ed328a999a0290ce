package io.culvert.server.web;

import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose request does not come: an idle timeout alone lets a client send a byte
 * now and then for ever. Measured is the time from accepting a connection to its first request (TLS
 * handshake included), and from the last request to the next. Thread-safe.
 */
final class RequestDeadlines extends AbstractLifeCycle implements Connection.Listener {
    private static final Duration SWEEP = Duration.ofMillis(500);

    private final WebLimits limits;
    private final Scheduler scheduler;
    private final LongSupplier nowNs;

    /** By the end point that TLS, where there is any, stands on. */
    private final Map<EndPoint, Waiting> waiting = new ConcurrentHashMap<>();

    RequestDeadlines(WebLimits limits, Scheduler scheduler, LongSupplier nowNs) {
        this.limits = limits;
        this.scheduler = scheduler;
        this.nowNs = nowNs;
    }

    @Override
    protected void doStart() {
        sweepLater();
    }

    private void sweepLater() {
        scheduler.schedule(this::sweep, SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void onOpened(Connection connection) {
        EndPoint endPoint = connection.getEndPoint();
        if (!(endPoint instanceof EndPoint.Wrapper)) {
            waiting.putIfAbsent(endPoint, new Waiting(0, nowNs.getAsLong()));
        }
    }

    private void sweep() {
        if (!isRunning() && !isStarting()) {
            return;
        }
        long now = nowNs.getAsLong();
        Iterator<Map.Entry<EndPoint, Waiting>> entries = waiting.entrySet().iterator();
        while (entries.hasNext()) {
            if (isSettled(entries.next(), now)) {
                entries.remove();
            }
        }
        sweepLater();
    }

    /** Whether the connection need not be watched any more: it is closed, or a tunnel. */
    private boolean isSettled(Map.Entry<EndPoint, Waiting> entry, long now) {
        EndPoint endPoint = entry.getKey();
        Connection connection = innermost(endPoint);
        if (!endPoint.isOpen() || connection instanceof TunnelConnection) {
            return true;
        }
        // -1 from connections that do not count, such as those that negotiate
        long requests = connection == null ? 0 : Math.max(0, connection.getMessagesIn());
        long answers = connection == null ? 0 : Math.max(0, connection.getMessagesOut());
        boolean isServing = requests > answers;
        Waiting before = entry.getValue();
        if (isServing || requests != before.requests()) {
            waiting.put(endPoint, new Waiting(requests, now));
        } else if (now - before.sinceNs() > limitNs(requests)) {
            endPoint.close();
            return true;
        }
        return false;
    }

    private long limitNs(long requests) {
        return (requests == 0 ? limits.firstRequest() : limits.idle()).toNanos();
    }

    /** Null when the end point is being made or closed. */
    private static @Nullable Connection innermost(EndPoint endPoint) {
        Connection connection = endPoint.getConnection();
        return connection instanceof SslConnection tls
                ? tls.getSslEndPoint().getConnection()
                : connection;
    }

    /**
     * What a connection waits for. Immutable.
     *
     * @param requests how many came so far
     * @param sinceNs since when it waits for the next
     */
    private record Waiting(long requests, long sinceNs) {}
}
