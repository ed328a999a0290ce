package io.culvert.control;

import io.culvert.carrier.Carrier;
import io.culvert.pump.PumpWatcher;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.TunnelEvent;
import java.io.IOException;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what happens to peers, and ends the interface when its inside is gone. Confined to the loop.
 */
public final class LogWatcher implements PumpWatcher {
    private static final Logger log = LoggerFactory.getLogger(LogWatcher.class);

    private final Map<Peer<Carrier>, String> reachedBy = new WeakHashMap<>();
    private final Consumer<TunnelEvent<Carrier>> events;
    private final Consumer<IOException> insideGone;

    /**
     * A watcher that logs, and then tells.
     *
     * @param events also told each event
     * @param insideGone told once, when nothing can pass any more
     */
    public LogWatcher(Consumer<TunnelEvent<Carrier>> events, Consumer<IOException> insideGone) {
        this.events = events;
        this.insideGone = insideGone;
    }

    @Override
    public void on(TunnelEvent<Carrier> event) {
        switch (event) {
            case TunnelEvent.HandshakeCompleted<Carrier>(var peer) ->
                    log.debug("{}: new keys", peer);
            case TunnelEvent.HandshakeGaveUp<Carrier>(var peer) ->
                    log.info("{}: no answer for 90 s; trying again when there is traffic", peer);
            case TunnelEvent.Roamed<Carrier>(var peer, var endpoint) ->
                    onRoamed(peer, endpoint.info().kind());
        }
        events.accept(event);
    }

    /** Told when it is news: a peer with two paths may change between them with each packet. */
    private void onRoamed(Peer<Carrier> peer, String kind) {
        if (!kind.equals(reachedBy.put(peer, kind))) {
            log.info("{}: reached by {}", peer, kind);
        }
    }

    @Override
    public void onInsideGone(IOException cause) {
        insideGone.accept(cause);
    }
}
