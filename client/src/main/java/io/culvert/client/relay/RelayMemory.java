package io.culvert.client.relay;

import java.util.Collection;
import java.util.List;

/**
 * What a relay that was started anew needs to go on where the last was killed: without it, a
 * WireGuard that only listens would not be reached until it speaks. Called from the loop.
 */
public interface RelayMemory {
    /** What its sessions are called: as they were before. */
    SessionNames names();

    /** Whom the last one relayed for, as {@code ip:port}. */
    List<String> remotes();

    /** Whom this one relays for now. */
    void keep(Collection<String> remotes);
}
