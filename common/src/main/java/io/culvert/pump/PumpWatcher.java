package io.culvert.pump;

import io.culvert.carrier.Carrier;
import io.culvert.tunnel.TunnelEvent;
import java.io.IOException;

/** Told on the loop what happens rarely: the place for logs and for the end of the process. */
public interface PumpWatcher {
    /** Something happened to a peer. */
    void on(TunnelEvent<Carrier> event);

    /** The inside is gone; nothing can pass any more. Told once. */
    void onInsideGone(IOException cause);
}
