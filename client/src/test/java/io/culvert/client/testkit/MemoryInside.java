package io.culvert.client.testkit;

import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.InsideUdp;
import io.culvert.ip.IpAddress;
import io.culvert.loop.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An inside whose remote ends are the test's to play. What it tells comes from the loop, as the
 * port demands. Confined to the test's thread.
 */
public final class MemoryInside implements Inside {
    private final EventLoop loop;
    private final List<MemoryFlow> flows = new ArrayList<>();
    private final List<MemoryUdp> sockets = new ArrayList<>();
    private final Map<Integer, Acceptor> acceptors = new HashMap<>();

    /** How many UDP sockets it opens. */
    public int udpRoom = Integer.MAX_VALUE;

    /** How many bytes each new flow takes until the remote end has read them. */
    public int sendBufferBytes = 65_536;

    /** An inside on this loop. */
    public MemoryInside(EventLoop loop) {
        this.loop = loop;
    }

    /** All flows that were asked for, in order. */
    public List<MemoryFlow> flows() {
        return flows;
    }

    /** The last flow that was asked for. */
    public MemoryFlow flow() {
        return flows.getLast();
    }

    /** All UDP sockets that were opened, in order. */
    public List<MemoryUdp> sockets() {
        return sockets;
    }

    /** The last UDP socket that was opened. */
    public MemoryUdp socket() {
        return sockets.getLast();
    }

    /** Somebody inside connects to a port of ours. */
    public MemoryFlow arrive(int port, InsideAddress from) {
        Acceptor acceptor = acceptors.get(port);
        if (acceptor == null) {
            throw new AssertionError("nobody listens at " + port);
        }
        MemoryFlow flow = new MemoryFlow(loop, from, sendBufferBytes);
        flows.add(flow);
        flow.accept();
        flow.listen(acceptor.onAccepted(flow));
        return flow;
    }

    @Override
    public InsideFlow connect(InsideAddress remote, InsideFlow.Listener listener) {
        MemoryFlow flow = new MemoryFlow(loop, remote, sendBufferBytes);
        flow.listen(listener);
        flows.add(flow);
        return flow;
    }

    @Override
    public @Nullable InsideUdp openUdp(InsideUdp.Listener listener) {
        if (sockets.stream().filter(socket -> !socket.isClosed()).count() >= udpRoom) {
            return null;
        }
        MemoryUdp socket = new MemoryUdp(loop, listener);
        sockets.add(socket);
        return socket;
    }

    @Override
    public @Nullable InsideUdp bindUdp(
            @Nullable IpAddress at, int port, InsideUdp.Listener listener) {
        return openUdp(listener);
    }

    @Override
    public @Nullable Listening listen(@Nullable IpAddress at, int port, Acceptor acceptor) {
        if (acceptors.putIfAbsent(port, acceptor) != null) {
            return null;
        }
        return () -> acceptors.remove(port);
    }
}
