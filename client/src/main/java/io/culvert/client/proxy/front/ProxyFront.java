package io.culvert.client.proxy.front;

import io.culvert.client.proxy.FlowInfo;
import io.culvert.client.proxy.FlowTable;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.Health;
import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.attach.AttachDoor;
import io.culvert.client.proxy.dns.DnsDoor;
import io.culvert.client.proxy.dns.DnsRelay;
import io.culvert.client.proxy.dns.DnsServers;
import io.culvert.client.proxy.dns.Resolver;
import io.culvert.client.proxy.forward.Forward;
import io.culvert.client.proxy.forward.Forwards;
import io.culvert.client.proxy.forward.StartFailure;
import io.culvert.client.proxy.http.HttpDoor;
import io.culvert.client.proxy.open.Opener;
import io.culvert.client.proxy.socks.SocksDoor;
import io.culvert.client.proxy.splice.AskDeadline;
import io.culvert.client.proxy.splice.Clients;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.client.proxy.splice.LocalSockets;
import io.culvert.client.proxy.splice.Switchboard;
import io.culvert.loop.EventLoop;
import io.culvert.time.MonotonicClock;
import io.culvert.time.WallClock;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy front of a client: opens the doors and forwards of a setup and tells what lives.
 * Confined to the loop.
 *
 * <ol>
 *   <li>A client's channel comes in by {@link LocalSockets}, is counted by {@link Connections} and
 *       has until its {@link AskDeadline} to say what it wants.
 *   <li>{@link FirstByte} puts the handlers of its protocol in place.
 *   <li>They ask the {@link Switchboard} for a flow; the {@link Opener} resolves and races.
 *   <li>A splice takes their place, and bytes go both ways.
 * </ol>
 */
public final class ProxyFront {
    private static final Logger log = LoggerFactory.getLogger(ProxyFront.class);

    private final EventLoop loop;
    private final LocalSockets sockets;
    private final ProxySetup setup;
    private final Garbage garbage = new Garbage();
    private final FlowTable table;
    private final DnsServers servers;
    private final Resolver resolver;
    private final Switchboard switchboard;
    private final Forwards forwards;
    private final Connections connections;
    private final SocksDoor socks;
    private final HttpDoor http;
    private final List<Channel> listeners = new ArrayList<>();

    /**
     * A front that waits for {@link #start}.
     *
     * @param health whether the tunnel passes traffic
     */
    public ProxyFront(
            EventLoop loop, LocalSockets sockets, Inside inside, ProxySetup setup, Health health) {
        this.loop = loop;
        this.sockets = sockets;
        this.setup = setup;
        this.table = new FlowTable(loop, WallClock.system(), setup.limits());
        this.servers =
                new DnsServers(inside, loop, setup.dnsServers(), new SecureRandom(), garbage);
        this.resolver =
                new Resolver(servers, loop, MonotonicClock.system()::nowNs, setup.searchDomains());
        Opener opener = new Opener(inside, loop, resolver, setup.families(), setup.limits());
        this.switchboard = new Switchboard(loop, opener, table, garbage, setup.limits());
        this.forwards = new Forwards(switchboard, sockets);
        this.connections = new Connections(setup.limits().mostFlows(), garbage);
        this.socks = new SocksDoor(switchboard, sockets, setup.credentials());
        this.http = new HttpDoor(switchboard, setup.credentials(), health);
    }

    /** What joins local ends with targets, for an end that is no socket. */
    public Switchboard switchboard() {
        return switchboard;
    }

    /**
     * Opens everything; completes with all that is open, or with the first {@link StartFailure}.
     */
    public CompletableFuture<List<OpenDoor>> start() {
        List<CompletableFuture<OpenDoor>> started = new ArrayList<>();
        setup.doors().forEach(door -> started.add(open(door)));
        setup.forwards().forEach(forward -> started.add(open(forward)));
        setup.dns().forEach(at -> started.addAll(openDns(at)));
        return CompletableFuture.allOf(started.toArray(CompletableFuture[]::new))
                .thenApply(_ -> started.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<OpenDoor> open(Door door) {
        ChannelFuture bound = sockets.listen(door.at(), channel -> welcome(channel, door));
        String purpose =
                door.speaks() == Door.Speaks.BOTH
                        ? "socks+http"
                        : door.speaks().name().toLowerCase(Locale.ROOT);
        return settle(bound, door.at(), purpose);
    }

    private void welcome(Channel channel, Door door) {
        if (!connections.admit(channel)) {
            return;
        }
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new FirstByte(door.speaks(), socks, http, garbage));
        // first in line, but last to be added: it asks for the first byte
        pipeline.addFirst(new AskDeadline(loop, setup.limits().handshakeNs(), garbage));
    }

    private CompletableFuture<OpenDoor> open(Forward forward) {
        String purpose =
                switch (forward) {
                    case Forward.Local _ -> Forward.Side.LOCAL.option();
                    case Forward.Remote _ -> Forward.Side.REMOTE.option();
                };
        return forwards.start(forward, connections::admit)
                .thenApply(address -> new OpenDoor(purpose, address));
    }

    private List<CompletableFuture<OpenDoor>> openDns(LocalAddress.Tcp at) {
        DnsRelay relay = new DnsRelay(servers, MonotonicClock.system()::nowNs, garbage);
        DnsDoor door = new DnsDoor(relay, loop);
        InetSocketAddress address = at.socketAddress();
        ChannelFuture udp = sockets.bindUdp(address, door.datagrams());
        ChannelFuture tcp =
                sockets.listen(
                        at,
                        channel -> {
                            if (connections.admit(channel)) {
                                door.open(channel);
                            }
                        });
        return List.of(settle(udp, at, "dns/udp"), settle(tcp, at, "dns/tcp"));
    }

    /** Lets further processes of this tunnel's user in, at this place. */
    public CompletableFuture<OpenDoor> attach(LocalAddress.Unix at, AttachDoor door) {
        ChannelFuture bound =
                sockets.listen(
                        at,
                        channel -> {
                            if (connections.admit(channel)) {
                                door.open(channel);
                            }
                        });
        return settle(bound, at, "attach");
    }

    private CompletableFuture<OpenDoor> settle(ChannelFuture bound, LocalAddress at, String what) {
        CompletableFuture<OpenDoor> opened = new CompletableFuture<>();
        listeners.add(bound.channel());
        bound.addListener(done -> {
            if (done.isSuccess()) {
                boolean isIp = bound.channel().localAddress() instanceof InetSocketAddress;
                String where = isIp ? Clients.name(bound.channel().localAddress()) : at.toString();
                opened.complete(new OpenDoor(what, where));
            } else {
                opened.completeExceptionally(StartFailure.listening(at, done.cause()));
            }
        });
        return opened;
    }

    /** The flows that are alive, for {@code show}. */
    public List<FlowInfo> flows() {
        return table.list();
    }

    /** What was dropped. */
    public Garbage garbage() {
        return garbage;
    }

    /** How many connections of local clients there are. */
    public int connections() {
        return connections.size();
    }

    /** Ends everything; what this machine's programs have open is reset. */
    public void close() {
        listeners.forEach(ProxyFront::close);
        forwards.close();
        table.close();
        connections.close();
        resolver.close();
        log.debug("the proxy front is closed; dropped: {}", garbage.snapshot());
    }

    private static void close(Channel listener) {
        var _ = listener.close();
    }
}
