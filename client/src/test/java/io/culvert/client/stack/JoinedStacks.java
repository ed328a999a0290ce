package io.culvert.client.stack;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.NetStack;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.StackSetup;
import io.culvert.netstack.TcpTimings;
import io.culvert.stats.Drops;
import java.util.List;
import java.util.Random;

/** A client's stack and one that takes any destination, joined in memory; time that is moved. */
final class JoinedStacks {
    static final List<IpAddress> OWN =
            List.of(IpAddress.parse("10.8.0.2"), IpAddress.parse("fd08::2"));
    private static final long STEP_NS = 5_000_000;

    final NetStack near;
    final NetStack far;
    private final PacketPool pool = new PacketPool();
    private long nowNs = 1_000_000_000;

    JoinedStacks(Arrivals arrivals, StackLimits limits) {
        near = new NetStack(setup(OWN, false, limits), Arrivals.NONE, () -> {});
        List<IpAddress> far4 = List.of(IpAddress.parse("10.8.0.1"), IpAddress.parse("fd08::1"));
        far = new NetStack(setup(far4, true, limits), arrivals, () -> {});
    }

    private static StackSetup setup(List<IpAddress> own, boolean isTransit, StackLimits limits) {
        return new StackSetup(
                own,
                new StackSetup.Link(1420, true, isTransit),
                limits,
                TcpTimings.defaults(),
                new StackSetup.Secrets(new Random(5), new StackSetup.Key(new byte[16])),
                new Drops());
    }

    /** Lets so much time pass. */
    void run(long ns) {
        for (long endNs = nowNs + ns; nowNs < endNs; nowNs += STEP_NS) {
            near.tick(nowNs);
            far.tick(nowNs);
            boolean isBusy = true;
            while (isBusy) {
                isBusy = move(near, far) || move(far, near); // until neither has anything
            }
        }
    }

    /** Until all that can be said at once is said. */
    void run() {
        run(100_000_000);
    }

    private boolean move(NetStack from, NetStack to) {
        Packet packet = from.poll(pool, nowNs);
        if (packet == null) {
            return false;
        }
        to.receive(packet.array(), packet.offset(), packet.length(), nowNs);
        packet.release();
        return true;
    }
}
