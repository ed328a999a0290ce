package io.culvert.client.stack;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.End;
import io.culvert.netstack.TcpFlow;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A stack's TCP connection, as the port has it. Confined to the loop. */
final class StackFlow implements InsideFlow, TcpFlow.Listener {
    private final Predicate<IpAddress> isRouted;

    /** Whom to offer the connection when it stands; null where we opened it. */
    private final Inside.@Nullable Acceptor acceptor;

    /** Null until the acceptor has named one. */
    private @Nullable Listener listener;

    /** Null until begin. */
    private @Nullable TcpFlow flow;

    /** Let go of by its owner, or over: nothing is told any more. */
    private boolean isSilent;

    /** One that we open. */
    StackFlow(Listener listener, Predicate<IpAddress> isRouted) {
        this.listener = listener;
        this.acceptor = null;
        this.isRouted = isRouted;
    }

    /** One that came. */
    StackFlow(Inside.Acceptor acceptor, Predicate<IpAddress> isRouted) {
        this.acceptor = acceptor;
        this.isRouted = isRouted;
    }

    /** The stack has made it; it tells nothing before. */
    void begin(TcpFlow made) {
        flow = made;
    }

    private TcpFlow flow() {
        TcpFlow made = flow;
        if (made == null) {
            throw new IllegalStateException("used before it was begun");
        }
        return made;
    }

    @Override
    public InsideAddress remote() {
        return new InsideAddress(flow().remote().address(), flow().remote().port());
    }

    @Override
    public int write(byte[] array, int offset, int length) {
        return flow().write(array, offset, length);
    }

    /** Asking for room that is not there makes the stack tell when it is. */
    @Override
    public int writable() {
        int room = flow().writable();
        return room > 0 ? room : flow().space().remaining();
    }

    @Override
    public int available() {
        return flow().available();
    }

    @Override
    public int read(byte[] array, int offset, int length) {
        return flow().read(array, offset, length);
    }

    @Override
    public void shutdownOutput() {
        flow().shutdownOutput();
    }

    @Override
    public void close() {
        isSilent = true;
        flow().close();
    }

    @Override
    public void abort() {
        isSilent = true;
        flow().abort();
    }

    /** Who is told; null when nobody is. */
    private @Nullable Listener told() {
        return isSilent ? null : listener;
    }

    @Override
    public void onConnected(TcpFlow connected) {
        if (isSilent) {
            return;
        }
        if (acceptor != null) {
            listener = acceptor.onAccepted(this);
        } else if (listener != null) {
            listener.onConnected();
        }
    }

    @Override
    public void onReadable(TcpFlow from) {
        Listener to = told();
        if (to != null) {
            to.onReadable();
        }
    }

    @Override
    public void onWritable(TcpFlow to) {
        Listener owner = told();
        if (owner != null) {
            owner.onWritable();
        }
    }

    @Override
    public void onRemoteEnd(TcpFlow from) {
        Listener to = told();
        if (to != null) {
            to.onRemoteEnd();
        }
    }

    @Override
    public void onClosed(TcpFlow closed, End end) {
        Listener to = told();
        isSilent = true;
        if (to != null) {
            to.onClosed(endOf(end));
        }
    }

    private FlowEnd endOf(End end) {
        return switch (end) {
            case FINISHED -> FlowEnd.FINISHED;
            case RESET, ABORTED -> FlowEnd.RESET;
            case REFUSED, PORT_UNREACHABLE -> FlowEnd.REFUSED;
            case NETWORK_UNREACHABLE -> FlowEnd.NETWORK_UNREACHABLE;
            // the tunnel itself says so of what no peer may be sent, as WireGuard does
            case HOST_UNREACHABLE ->
                    isRouted.test(flow().remote().address())
                            ? FlowEnd.HOST_UNREACHABLE
                            : FlowEnd.NETWORK_UNREACHABLE;
            case PROHIBITED -> FlowEnd.DENIED;
            case TIMED_OUT -> FlowEnd.TIMED_OUT;
            case TOO_MANY -> FlowEnd.EXHAUSTED;
        };
    }
}
