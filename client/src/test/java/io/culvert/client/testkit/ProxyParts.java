package io.culvert.client.testkit;

import io.culvert.client.proxy.FlowTable;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.Health;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.dns.DnsServers;
import io.culvert.client.proxy.dns.Resolver;
import io.culvert.client.proxy.open.Opener;
import io.culvert.client.proxy.splice.Switchboard;
import io.culvert.ip.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * The parts of a proxy front without sockets, on a loop whose time stands. Confined to the test's
 * thread.
 */
public final class ProxyParts {
    /** The tunnel's only DNS server. */
    public static final IpAddress SERVER = IpAddress.parse("10.8.0.1");

    /** A tunnel that passes traffic. */
    public static final Health HEALTHY = () -> CompletableFuture.completedFuture(true);

    public final ManualLoop loop = new ManualLoop();
    public final MemoryInside inside = new MemoryInside(loop);
    public final Garbage garbage = new Garbage();
    public final ProxyLimits limits;
    public final FlowTable table;
    public final DnsServers servers;
    public final Resolver resolver;
    public final Opener opener;
    public final Switchboard switchboard;

    /** The parts with default limits. */
    public ProxyParts() {
        this(ProxyLimits.DEFAULT);
    }

    /** The parts with these limits. */
    public ProxyParts(ProxyLimits limits) {
        this(limits, new Opener.Families(true, false), List.of());
    }

    /** The parts of a tunnel with these families and search domains. */
    public ProxyParts(ProxyLimits limits, Opener.Families families, List<String> searchDomains) {
        this.limits = limits;
        table = new FlowTable(loop, () -> Instant.EPOCH, limits);
        servers = new DnsServers(inside, loop, List.of(SERVER), new SplittableRandom(1), garbage);
        resolver = new Resolver(servers, loop, loop::nowNs, searchDomains);
        opener = new Opener(inside, loop, resolver, families, limits);
        switchboard = new Switchboard(loop, opener, table, garbage, limits);
    }

    /** The question that was put last and is not answered, for one family. */
    public MemoryUdp question(boolean isIpv6) {
        loop.run();
        return inside.sockets().reversed().stream()
                .filter(socket -> !socket.isClosed())
                .filter(socket -> DnsReplies.asksIpv6(socket.last().bytes()) == isIpv6)
                .findFirst()
                .orElseThrow();
    }

    /** The server answers a question. */
    public void answer(MemoryUdp question, byte[] response) {
        question.deliver(new InsideAddress(SERVER, 53), response);
        loop.run();
    }

    /** The server answers the IPv4 question that was put last with these addresses. */
    public void answer(int ttl, String... ips) {
        MemoryUdp question = question(false);
        answer(question, DnsReplies.addresses(question.last().bytes(), ttl, ips));
    }

    /** The last flow, which stands from now on. */
    public MemoryFlow accepted() {
        loop.run();
        MemoryFlow flow = inside.flow();
        flow.accept();
        loop.run();
        return flow;
    }
}
