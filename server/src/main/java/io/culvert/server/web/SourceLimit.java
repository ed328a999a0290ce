package io.culvert.server.web;

import io.culvert.ip.IpAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;

/** Closes connections that a source opens beyond its share. Thread-safe. */
final class SourceLimit implements Connection.Listener {
    private final SourceShares shares;
    private final Executor executor;

    /** By the end point that TLS, where there is any, stands on. */
    private final Map<EndPoint, IpAddress> counted = new ConcurrentHashMap<>();

    SourceLimit(SourceShares shares, Executor executor) {
        this.shares = shares;
        this.executor = executor;
    }

    @Override
    public void onOpened(Connection connection) {
        EndPoint endPoint = connection.getEndPoint();
        if (endPoint instanceof EndPoint.Wrapper
                || counted.containsKey(endPoint) // an upgrade's
                || !(endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote)
                || remote.isUnresolved()) {
            return;
        }
        IpAddress source = IpAddress.of(remote.getAddress());
        if (enters(source)) {
            counted.put(endPoint, source);
        } else {
            executor.execute(endPoint::close); // not while it is being opened
        }
    }

    private boolean enters(IpAddress source) {
        if (shares.enter(source)) {
            return true;
        }
        leaveClosed();
        return shares.enter(source);
    }

    @Override
    public void onClosed(Connection connection) {
        EndPoint endPoint = connection.getEndPoint();
        if (!endPoint.isOpen()) { // not an upgrade
            leave(endPoint);
        }
    }

    private void leave(EndPoint endPoint) {
        IpAddress source = counted.remove(endPoint);
        if (source != null) {
            shares.leave(source);
        }
    }

    /** Those whose end was not told. */
    private void leaveClosed() {
        Iterator<EndPoint> all = counted.keySet().iterator();
        while (all.hasNext()) {
            EndPoint endPoint = all.next();
            if (!endPoint.isOpen()) {
                leave(endPoint);
            }
        }
    }
}
