package io.culvert.server.exit;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import io.culvert.libc.NativeBuffer;
import io.culvert.libc.SocketCalls.Kind;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.EchoRequest;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.NetStack;
import io.culvert.netstack.TcpRequest;
import io.culvert.netstack.UdpRequest;
import io.culvert.netstack.Unreached;
import io.culvert.server.exit.policy.Protocol;
import io.culvert.server.exit.socket.HostSockets.Opened;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes what peers begin, and lets it go on by sockets of this process. Confined to the loop. */
public final class Exit implements Arrivals, AutoCloseable {
    /** What is copied at a time; one buffer does, as nothing stays in it. */
    private static final int BUFFER_BYTES = 128 << 10;

    private static final int DNS_PORT = 53;
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");
    private static final IpAddress LOOPBACK_6 = IpAddress.parse("::1");

    private final ExitGround ground;
    private final Admission admission;
    private final Set<IpAddress> own;
    private final List<IpPrefix> prefixes;
    private final @Nullable DnsForwarder dns;
    private final NativeBuffer buffer = NativeBuffer.allocate(BUFFER_BYTES);
    private final byte[] scratch = new byte[BUFFER_BYTES];
    private final IdentityHashMap<TcpRequest, TcpSplice> connecting = new IdentityHashMap<>();
    private final Set<TcpSplice> splices = new HashSet<>();
    private final Set<UdpCrossing> crossings = new LinkedHashSet<>();
    private final PingCrossings pings;
    private final EventLoop.Timer sweep;
    private final Delays delays;
    private boolean isClosed;

    /**
     * An exit that takes what a stack offers.
     *
     * @param setup where peers may go, and how much
     */
    public Exit(ExitGround ground, ExitSetup setup) {
        this.ground = ground;
        this.admission = new Admission(ground, setup.policy(), setup.limits());
        this.own = Set.copyOf(setup.addresses());
        this.prefixes = setup.prefixes();
        this.dns = setup.resolvers() == null ? null : new DnsForwarder(this, setup.resolvers());
        this.pings = new PingCrossings(this);
        this.sweep = ground.loop().timer(this::sweep);
        this.delays = new Delays(ground.loop());
        sweep.arm(UdpCrossing.TICK_NS);
    }

    /** Answers questions for names at the stack's own addresses from now on. */
    public void serveNames(NetStack stack) {
        for (IpAddress address : own) {
            if (dns != null && dns.resolver() != null) {
                var _ = stack.bindUdp(address, DNS_PORT, dns); // nobody else binds there
            }
        }
    }

    ExitGround ground() {
        return ground;
    }

    Admission admission() {
        return admission;
    }

    Delays delays() {
        return delays;
    }

    /** For what is copied between a socket and the stack, and done with on return. */
    NativeBuffer buffer() {
        return buffer;
    }

    byte[] scratch() {
        return scratch;
    }

    @Override
    public void onTcp(TcpRequest request) {
        Endpoint target = request.local();
        if (isClosed) {
            request.drop();
        } else if (own.contains(target.address())) {
            onOwnTcp(request);
        } else if (isNobodys(target.address())) {
            request.refuse(Unreached.HOST);
        } else {
            FlowPlace place = admission.admit(Protocol.TCP, request.remote(), target);
            splice(request, target, place);
        }
    }

    /** An address of the tunnel's own network that no peer has: it must not be sought outside. */
    private boolean isNobodys(IpAddress address) {
        return prefixes.stream().anyMatch(prefix -> prefix.contains(address));
    }

    /**
     * At the gateway's own address there is its name server, and what listens on this machine's
     * loopback where a rule names it.
     */
    private void onOwnTcp(TcpRequest request) {
        Endpoint own = request.local();
        Endpoint resolver = dns == null || own.port() != DNS_PORT ? null : dns.resolver();
        if (resolver != null) {
            splice(request, resolver, admission.serve("dns", request.remote(), resolver));
            return;
        }
        FlowPlace place = admission.admitOwn(Protocol.TCP, request.remote(), own);
        if (place == null) {
            request.reset();
        } else {
            splice(request, onLoopback(own), place);
        }
    }

    private static Endpoint onLoopback(Endpoint own) {
        return new Endpoint(own.address().isIpv6() ? LOOPBACK_6 : LOOPBACK, own.port());
    }

    private void splice(TcpRequest request, Endpoint target, @Nullable FlowPlace place) {
        if (place == null) {
            request.refuse(Unreached.PROHIBITED);
            return;
        }
        TcpSplice splice = new TcpSplice(this, request, place);
        switch (ground.sockets().open(Kind.TCP, target, splice)) {
            case Opened.Made(var socket) -> {
                connecting.put(request, splice);
                splices.add(splice);
                splice.start(socket);
            }
            case Opened.Refused(int errno) -> {
                place.close();
                refuse(request, errno);
            }
        }
    }

    /** Tells the peer why there is no connection. */
    void refuse(TcpRequest request, int errno) {
        Refusal.count(errno, ground.drops());
        if (Refusal.isByTarget(errno)) {
            request.reset();
        } else {
            request.refuse(Refusal.of(errno));
        }
    }

    @Override
    public void onTcpCancelled(TcpRequest request) {
        TcpSplice splice = connecting.get(request);
        if (splice != null) {
            splice.abort();
        }
    }

    void onAnswered(TcpRequest request) {
        connecting.remove(request);
    }

    void forget(TcpSplice splice, TcpRequest request) {
        connecting.remove(request);
        splices.remove(splice);
    }

    @Override
    public void onUdp(UdpRequest request) {
        Endpoint target = request.local();
        if (isClosed) {
            request.drop();
        } else if (own.contains(target.address())) {
            onOwnUdp(request);
        } else if (isNobodys(target.address())) {
            request.refuse(Unreached.HOST);
        } else {
            cross(request, target, admission.admit(Protocol.UDP, request.remote(), target));
        }
    }

    private void onOwnUdp(UdpRequest request) {
        FlowPlace place = admission.admitOwn(Protocol.UDP, request.remote(), request.local());
        if (place == null) {
            request.refuse(Unreached.PORT);
        } else {
            cross(request, onLoopback(request.local()), place);
        }
    }

    private void cross(UdpRequest request, Endpoint target, @Nullable FlowPlace place) {
        if (place == null) {
            request.refuse(Unreached.PROHIBITED);
            return;
        }
        UdpCrossing crossing = new UdpCrossing(this, place, target.port());
        switch (ground.sockets().open(Kind.UDP, target, crossing)) {
            case Opened.Made(var socket) -> {
                crossings.add(crossing);
                crossing.start(request.accept(crossing), socket);
            }
            case Opened.Refused(int errno) -> {
                place.close();
                Refusal.count(errno, ground.drops());
                request.refuse(Refusal.of(errno));
            }
        }
    }

    void forget(UdpCrossing crossing) {
        crossings.remove(crossing);
    }

    @Override
    public void onEcho(EchoRequest request) {
        if (isNobodys(request.destination())) {
            request.refuse(Unreached.HOST);
        } else if (!isClosed) {
            pings.cross(request);
        }
    }

    private void sweep() {
        for (TcpSplice splice : List.copyOf(splices)) {
            if (!splice.isStillTheirs()) {
                splice.abort();
            }
        }
        List.copyOf(crossings).forEach(UdpCrossing::tick);
        pings.tick();
        admission.sweep();
        sweep.arm(UdpCrossing.TICK_NS);
    }

    /** What is open, oldest first. */
    public List<ExitFlow> flows() {
        return admission.list();
    }

    /** Ends everything: both sides of TCP hear of it by a reset. */
    @Override
    public void close() {
        isClosed = true;
        sweep.cancel();
        delays.close();
        List.copyOf(splices).forEach(TcpSplice::abort);
        List.copyOf(crossings).forEach(UdpCrossing::close);
        pings.close();
        if (dns != null) {
            dns.close();
        }
    }
}
