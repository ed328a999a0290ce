package io.culvert.server.gateway;

import io.culvert.config.InterfaceSection;
import io.culvert.config.TunnelFile;
import io.culvert.control.InterfaceStatus.FlowStatus;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import io.culvert.libc.DescriptorLimit;
import io.culvert.libc.LibcException;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.StackSetup;
import io.culvert.netstack.TcpTimings;
import io.culvert.server.config.ExitConfig;
import io.culvert.server.exit.Exit;
import io.culvert.server.exit.ExitFlow;
import io.culvert.server.exit.ExitGround;
import io.culvert.server.exit.ExitLimits;
import io.culvert.server.exit.ExitSetup;
import io.culvert.server.exit.ExitTun;
import io.culvert.server.exit.Hairpin;
import io.culvert.server.exit.PeerFinder;
import io.culvert.server.exit.Resolvers;
import io.culvert.server.exit.policy.EgressPolicy;
import io.culvert.server.exit.socket.LoopSockets;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;
import io.culvert.time.WallClock;
import io.culvert.tun.Tun;
import io.culvert.tun.stack.StackTun;
import java.security.SecureRandom;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The inside of a gateway without a TUN device, put together. Confined to the loop. */
final class UserspaceInside {
    private static final long BYTES_A_MEGABIT = 125_000;
    private static final Logger log = LoggerFactory.getLogger(UserspaceInside.class);

    private static final int KEY_BYTES = 16;
    private static final int FLOW_BUFFER_BYTES = 4 << 20;
    private static final int HEAP_A_BUFFER = 5;

    /** What is neither a flow's nor to be had by one: files, carriers, the web server's. */
    private static final int OTHER_DESCRIPTORS = 1024;

    private static final int MOST_FLOWS = 65_536;
    private static final int LEAST_FLOWS = 64;

    /** What an idle flow holds, both its ends, with a wide margin. */
    private static final int HEAP_A_FLOW_BYTES = 8 << 10;

    private static final int MOST_LINGERING = 8192;

    private final Exit exit;
    private final ExitTun tun;

    private UserspaceInside(Exit exit, ExitTun tun) {
        this.exit = exit;
        this.tun = tun;
    }

    /**
     * What it is made of, besides the files.
     *
     * @param peers not asked before packets come
     * @param drops where it counts
     */
    record Ground(EventLoop loop, MonotonicClock clock, WallClock wall, Peers peers, Drops drops) {}

    /**
     * What the engine knows of peers.
     *
     * @param finder whose an address is
     * @param destinations which packets go to one
     */
    record Peers(PeerFinder finder, Hairpin.Destinations destinations) {}

    static UserspaceInside open(TunnelFile file, ExitConfig config, int mtu, Ground ground) {
        LoopSockets sockets = new LoopSockets(ground.loop());
        if (!sockets.mayPing(false) && !sockets.mayPing(true)) {
            log.info(
                    "peers' pings to the world find no answer: this user may have no ping"
                            + " sockets (sysctl net.ipv4.ping_group_range)");
        }
        List<IpAddress> addresses = addresses(file.local());
        int flows = mostFlows();
        ExitSetup setup =
                new ExitSetup(
                        addresses,
                        file.local().addresses(),
                        new EgressPolicy(config.rules(), config.allowsPrivate()),
                        new ExitLimits(
                                config.flowsPerPeer(),
                                config.newFlowsPerSecond(),
                                BYTES_A_MEGABIT * config.megabitsPerSecond(),
                                flows),
                        config.dns().isEmpty() ? Resolvers.ofSystem() : Resolvers.of(config.dns()));
        ExitGround below =
                new ExitGround(
                        ground.loop(),
                        sockets,
                        ground.peers().finder(),
                        ground.clock(),
                        ground.wall(),
                        ground.drops());
        Exit exit = new Exit(below, setup);
        StackTun stack =
                new StackTun(
                        file.name(),
                        stackSetup(addresses, mtu, flows, ground.drops()),
                        exit,
                        ground.clock());
        exit.serveNames(stack.stack());
        Hairpin hairpin =
                new Hairpin(
                        ground.peers().destinations(),
                        addresses,
                        config.allowsBetweenPeers(),
                        ground.drops());
        return new UserspaceInside(exit, new ExitTun(stack, hairpin));
    }

    private static List<IpAddress> addresses(InterfaceSection local) {
        return local.addresses().stream().map(IpPrefix::ip).distinct().toList();
    }

    /** As many as there are descriptors and memory for. */
    private static int mostFlows() {
        long limit = MOST_FLOWS;
        try {
            limit = DescriptorLimit.raise();
        } catch (LibcException e) {
            log.warn("the limit of open files is not known: {}", e.getMessage());
        }
        long left = limit - Math.min(OTHER_DESCRIPTORS, limit / 2);
        long held = Runtime.getRuntime().maxMemory() / HEAP_A_FLOW_BYTES;
        int flows = Math.clamp(Math.min(left, held), LEAST_FLOWS, MOST_FLOWS);
        if (left < held && flows < MOST_FLOWS) {
            log.info("peers may hold {} flows together: {} files may be open", flows, limit);
        }
        return flows;
    }

    private static StackSetup stackSetup(
            List<IpAddress> addresses, int mtu, int flows, Drops drops) {
        SecureRandom random = new SecureRandom();
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new StackSetup(
                addresses,
                new StackSetup.Link(mtu, true, true),
                StackLimits.defaults()
                        .withBuffers(
                                Runtime.getRuntime().maxMemory() / HEAP_A_BUFFER, FLOW_BUFFER_BYTES)
                        // the exit's own limits are by peer, and tell; these are never first
                        .withFlows(2 * flows, flows, 2 * flows, MOST_LINGERING),
                TcpTimings.defaults(),
                new StackSetup.Secrets(random, new StackSetup.Key(key)),
                drops);
    }

    Tun tun() {
        return tun;
    }

    List<FlowStatus> flows() {
        return exit.flows().stream().map(UserspaceInside::status).toList();
    }

    private static FlowStatus status(ExitFlow flow) {
        return new FlowStatus(
                flow.kind(),
                flow.source(),
                flow.target(),
                flow.receivedBytes(),
                flow.sentBytes(),
                flow.since().truncatedTo(ChronoUnit.MILLIS).toString());
    }

    /** Ends all flows, while carriers still stand that can tell of it. */
    void end() {
        exit.close();
        tun.flush();
    }
}
