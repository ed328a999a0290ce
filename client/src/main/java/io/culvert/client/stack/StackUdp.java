package io.culvert.client.stack;

import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideUdp;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.UdpFlow;
import io.culvert.netstack.Unreached;
import org.jspecify.annotations.Nullable;

/** A stack's UDP flow with anybody, as the port has it. Confined to the loop. */
final class StackUdp implements InsideUdp, UdpFlow.Listener {
    private final Listener listener;

    /** Null until begin. */
    private @Nullable UdpFlow flow;

    private boolean isClosed;

    StackUdp(Listener listener) {
        this.listener = listener;
    }

    /** The stack has made it; it tells nothing before. */
    void begin(UdpFlow made) {
        flow = made;
    }

    @Override
    public void send(InsideAddress to, byte[] array, int offset, int length) {
        UdpFlow by = flow;
        if (by != null && !isClosed) {
            var _ = by.sendTo(new Endpoint(to.ip(), to.port()), array, offset, length);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        if (flow != null) {
            flow.close();
        }
    }

    @Override
    public void onDatagram(UdpFlow by, Endpoint from, byte[] array, int offset, int length) {
        if (!isClosed) {
            listener.onDatagram(addressOf(from), array, offset, length);
        }
    }

    @Override
    public void onUnreachable(UdpFlow by, Endpoint to, Unreached cause) {
        if (!isClosed) {
            listener.onUnreachable(addressOf(to));
        }
    }

    /** A flow with anybody ends only by its owner. */
    @Override
    public void onClosed(UdpFlow by, End end) {}

    private static InsideAddress addressOf(Endpoint end) {
        return new InsideAddress(end.address(), end.port());
    }
}
