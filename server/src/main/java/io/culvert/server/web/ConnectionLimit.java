package io.culvert.server.web;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.channels.SelectableChannel;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.IO;

/**
 * Lets no more connections be accepted while there are as many strangers as may be. Who proved to
 * be somebody's peer is none, and holds a place of another kind: of those there are a few for each
 * peer at most, and what they may make the gateway hold, idle as most are, is less.
 *
 * <p>Thread-safe.
 */
final class ConnectionLimit implements SelectorManager.AcceptListener {
    private final int maxStrangers;
    private final int maxTunnels;
    private final Gates gates;

    /** Open, or being accepted. */
    @GuardedBy("this")
    private int connections;

    @GuardedBy("this")
    private int proven;

    @GuardedBy("this")
    private boolean isHolding;

    @GuardedBy("this")
    private boolean isStopped;

    /** Where connections come in. Called under the limit's lock: it must not call back. */
    @FunctionalInterface
    interface Gates {
        /** Accept from now on, or let those who come wait. */
        void accept(boolean isAccepting);
    }

    /**
     * Accepts, until there are too many.
     *
     * @param maxTunnels proven connections that are not counted as strangers
     */
    ConnectionLimit(int maxStrangers, int maxTunnels, Gates gates) {
        this.maxStrangers = maxStrangers;
        this.maxTunnels = maxTunnels;
        this.gates = gates;
    }

    /** So many of the connections are those of peers, now. */
    synchronized void proven(int count) {
        proven = Math.min(count, maxTunnels);
        settle();
    }

    /** Never accepts again: the gateway stops. */
    synchronized void stop() {
        isStopped = true;
        gates.accept(false);
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
        if (!enter()) {
            IO.close(channel); // which is then told as a failure
        }
    }

    /** Those who were accepted together may be more than there are places. */
    private synchronized boolean enter() {
        connections++;
        settle();
        return connections - proven <= maxStrangers;
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        leave();
    }

    @Override
    public void onClosed(SelectableChannel channel) {
        leave();
    }

    private synchronized void leave() {
        connections--;
        settle();
    }

    @GuardedBy("this")
    private void settle() {
        boolean isFull = connections - proven >= maxStrangers;
        if (isFull != isHolding && !isStopped) {
            isHolding = isFull;
            gates.accept(!isFull);
        }
    }
}
