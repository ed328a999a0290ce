package io.culvert.client.stack;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.open.Opener;
import io.culvert.client.proxy.open.Opening;
import io.culvert.ip.IpAddress;
import io.culvert.netstack.NetStack;
import io.culvert.netstack.PingListener;
import io.culvert.netstack.Unreached;
import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Asks once whether something answers through the tunnel, and how fast. Confined to the loop. */
public final class Probe {
    private static final int PING_BYTES = 56;
    private static final double NS_A_MS = 1e6;
    private static final int IDENTIFIER = 0xc0de;

    /** Two pings of one host at a time are told apart by it. */
    private static final AtomicInteger SEQUENCE = new AtomicInteger();

    /** Any port will do to find the address of what is pinged. */
    private static final int NO_PORT = 7;

    private final Opener opener;
    private final NetStack stack;
    private final MonotonicClock clock;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    /** Asks by these. */
    public Probe(Opener opener, NetStack stack, MonotonicClock clock) {
        this.opener = opener;
        this.stack = stack;
        this.clock = clock;
    }

    /**
     * What answered. Immutable.
     *
     * @param rttNs from the question to the answer, without the look-up of a name
     */
    public record Answer(IpAddress from, long rttNs) {
        /** A line for people; the address stands in it where a name was asked for. */
        public String text(String asked, int port) {
            String self =
                    port == 0 ? from.toString() : new Target(from.toString(), port).toString();
            return String.format(
                    Locale.ROOT,
                    "%s%s answers in %.1f ms",
                    asked,
                    self.equals(asked) ? "" : " at " + from,
                    rttNs / NS_A_MS);
        }
    }

    /**
     * Looks the host up, then connects, or pings. The failure has one line.
     *
     * @param port 0 for a ping
     */
    public CompletableFuture<Answer> ask(String host, int port) {
        Target target = new Target(host, port == 0 ? NO_PORT : port);
        var _ =
                opener.find(
                        target,
                        new Opener.AddressWaiter() {
                            @Override
                            public void onAddress(IpAddress address) {
                                if (port == 0) {
                                    ping(address);
                                } else {
                                    connect(address, port);
                                }
                            }

                            @Override
                            public void onNoAddress(OpenFailure failure) {
                                fail(failure.sentence());
                            }
                        });
        return answer;
    }

    private void fail(String why) {
        answer.completeExceptionally(new IOException(why));
    }

    private void connect(IpAddress address, int port) {
        long sinceNs = clock.nowNs();
        var _ =
                opener.open(
                        new Target(address.toString(), port),
                        new Opening.Waiter() {
                            @Override
                            public InsideFlow.Listener onOpen(InsideFlow flow) {
                                answer.complete(new Answer(address, clock.nowNs() - sinceNs));
                                flow.close();
                                return new Unheard();
                            }

                            @Override
                            public void onFailed(OpenFailure failure) {
                                fail(failure.sentence());
                            }
                        });
    }

    private void ping(IpAddress address) {
        stack.ping(
                address,
                IDENTIFIER,
                SEQUENCE.incrementAndGet(),
                new byte[PING_BYTES],
                new PingListener() {
                    @Override
                    public void onReply(int identifier, int sequence, long rttNs) {
                        answer.complete(new Answer(address, rttNs));
                    }

                    @Override
                    public void onFailure(int identifier, int sequence, @Nullable Unreached cause) {
                        fail(
                                cause == null
                                        ? "no answer to the ping"
                                        : cause.name().toLowerCase(Locale.ROOT) + " unreachable");
                    }
                });
    }

    /** Of a flow that was let go of. */
    private static final class Unheard implements InsideFlow.Listener {
        @Override
        public void onConnected() {}

        @Override
        public void onReadable() {}

        @Override
        public void onWritable() {}

        @Override
        public void onRemoteEnd() {}

        @Override
        public void onClosed(FlowEnd end) {}
    }
}
