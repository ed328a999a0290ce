package io.culvert.client.stack;

import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.InsideUdp;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.NetStack;
import io.culvert.netstack.TcpArrivals;
import io.culvert.netstack.TcpRequest;
import io.culvert.netstack.UdpFlow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The port to the inside, by a stack. Confined to the loop. */
public final class StackInside implements Inside {
    private static final IpAddress ANY = IpAddress.parse("0.0.0.0");
    private static final IpAddress ANY_IPV6 = IpAddress.parse("::");

    private final NetStack stack;
    private final List<IpAddress> addresses;
    private final Predicate<IpAddress> isRouted;
    private final Set<Endpoint> listening = new HashSet<>();

    /**
     * The inside that this stack is.
     *
     * @param addresses the stack's own
     * @param isRouted whether the tunnel leads to an address at all
     */
    public StackInside(NetStack stack, List<IpAddress> addresses, Predicate<IpAddress> isRouted) {
        this.stack = stack;
        this.addresses = List.copyOf(addresses);
        this.isRouted = isRouted;
    }

    @Override
    public InsideFlow connect(InsideAddress remote, InsideFlow.Listener listener) {
        StackFlow flow = new StackFlow(listener, isRouted);
        flow.begin(stack.connect(new Endpoint(remote.ip(), remote.port()), flow));
        return flow;
    }

    @Override
    public @Nullable InsideUdp openUdp(InsideUdp.Listener listener) {
        return bind(null, 0, listener);
    }

    @Override
    public @Nullable InsideUdp bindUdp(
            @Nullable IpAddress at, int port, InsideUdp.Listener listener) {
        return bind(at, port, listener);
    }

    private @Nullable InsideUdp bind(
            @Nullable IpAddress at, int port, InsideUdp.Listener listener) {
        StackUdp socket = new StackUdp(listener);
        UdpFlow flow = stack.bindUdp(at, port, socket);
        if (flow == null) {
            return null;
        }
        socket.begin(flow);
        return socket;
    }

    @Override
    public @Nullable Listening listen(@Nullable IpAddress at, int port, Acceptor acceptor) {
        List<Endpoint> ends = new ArrayList<>();
        if (at != null) {
            ends.add(new Endpoint(at, port));
        } else {
            ends.add(new Endpoint(ANY, port));
            ends.add(new Endpoint(ANY_IPV6, port));
        }
        boolean isOwn = at == null || addresses.contains(at);
        if (!isOwn || ends.stream().anyMatch(listening::contains)) {
            return null;
        }
        Arriving arriving = new Arriving(acceptor);
        for (Endpoint end : ends) {
            listening.add(end);
            stack.listen(end, arriving);
        }
        return () -> stopListening(ends, arriving);
    }

    private void stopListening(List<Endpoint> ends, Arriving arriving) {
        if (!arriving.isOver) {
            arriving.isOver = true;
            for (Endpoint end : ends) {
                listening.remove(end);
                stack.unlisten(end);
            }
        }
    }

    /** Answers connections that come to a port; they are told of when they stand. */
    private final class Arriving implements TcpArrivals {
        private final Acceptor acceptor;
        private boolean isOver;

        Arriving(Acceptor acceptor) {
            this.acceptor = acceptor;
        }

        @Override
        public void onTcp(TcpRequest request) {
            if (isOver) {
                request.reset(); // it came before the end
                return;
            }
            StackFlow flow = new StackFlow(acceptor, isRouted);
            flow.begin(request.accept(flow));
        }

        @Override
        public void onTcpCancelled(TcpRequest request) {}
    }
}
