package io.culvert.server.exit.socket;

import io.culvert.libc.SocketCalls;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.Endpoint;

/** Where the exit has its sockets from. Confined to the loop; never blocks. */
public interface HostSockets {
    /**
     * A socket that connects to there; of TCP it is under way at most. Its listener is told on the
     * loop, after this call.
     */
    Opened open(SocketCalls.Kind kind, Endpoint to, EventLoop.ReadyListener listener);

    /** What {@link #open} came to. */
    sealed interface Opened {
        /** There is one; nothing is waited for yet. */
        record Made(HostSocket socket) implements Opened {}

        /** The kernel refused with this error number, which is positive. */
        record Refused(int errno) implements Opened {}
    }

    /**
     * Whether this machine itself answers at the address, as its routing has it now: one of its
     * interfaces' or a local route's. Sends nothing.
     */
    boolean isOwn(Endpoint address);
}
