package io.culvert.server.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;

/**
 * What Jetty sees of a tunnel: a connection that is never interested in anything, because the loop
 * drives its end point. Only at the end, when all is written, Jetty reads again: it discards what
 * comes until the other side closes, so that no reset overtakes the last frame.
 *
 * <p>Jetty calls it on its threads; {@link #linger} is the loop's.
 */
final class TunnelConnection extends AbstractConnection implements Connection.UpgradeTo {
    private static final long LINGER_MS = 1000;
    private static final int DISCARD_BYTES = 32_768;

    private final Tunnels tunnels;
    private final Tunnels.Origin origin;
    private byte[] early = {};
    private volatile boolean isLingering;
    private volatile long lingerUntilNs;

    TunnelConnection(EndPoint endPoint, Executor executor, Tunnels tunnels, Tunnels.Origin origin) {
        super(endPoint, executor);
        this.tunnels = tunnels;
        this.origin = origin;
    }

    /** What the client sent right behind its request. */
    @Override
    public void onUpgradeTo(ByteBuffer pipelined) {
        early = BufferUtil.toArray(pipelined);
        BufferUtil.clear(pipelined);
    }

    @Override
    public void onOpen() {
        super.onOpen();
        getEndPoint().setIdleTimeout(0);
        tunnels.adopt(this);
    }

    Tunnels.Origin origin() {
        return origin;
    }

    byte[] early() {
        return early;
    }

    /** Takes the end point back from the loop, which has let go of it. */
    void linger() {
        lingerUntilNs = tunnels.nowNs() + LINGER_MS * 1_000_000;
        isLingering = true;
        EndPoint endPoint = getEndPoint();
        endPoint.setIdleTimeout(LINGER_MS);
        endPoint.shutdownOutput();
        if (endPoint.isOpen()) {
            fillInterested();
        }
    }

    @Override
    public void onFillable() {
        ByteBuffer discarded = BufferUtil.allocate(DISCARD_BYTES);
        try {
            while (tunnels.nowNs() - lingerUntilNs < 0) {
                BufferUtil.clear(discarded);
                int filled = getEndPoint().fill(discarded);
                if (filled == 0) {
                    fillInterested();
                    return;
                }
                if (filled < 0) {
                    break;
                }
            }
        } catch (IOException ignored) { // it is being closed anyway
        }
        getEndPoint().close();
    }

    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return isLingering;
    }

    @Override
    public void onClose(Throwable cause) {
        super.onClose(cause);
        tunnels.onClosed(this);
    }

    /** Not a connection that waits for its first request. */
    @Override
    public long getMessagesIn() {
        return 1;
    }
}
