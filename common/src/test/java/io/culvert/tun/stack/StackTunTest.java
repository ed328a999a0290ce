package io.culvert.tun.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.Arrivals;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.PingListener;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.StackSetup;
import io.culvert.netstack.TcpFlow;
import io.culvert.netstack.TcpTimings;
import io.culvert.netstack.Unreached;
import io.culvert.stats.Drops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The stack as an inside, on a loop whose time a test moves. */
final class StackTunTest {
    private static final IpAddress OWN = IpAddress.parse("10.8.0.2");
    private static final IpAddress FAR = IpAddress.parse("10.8.0.1");

    private final ManualLoop loop = new ManualLoop();
    private final PacketPool pool = new PacketPool();
    private final StackTun tun = tun(OWN);
    private final StackTun far = tun(FAR);
    private final List<String> told = new ArrayList<>();
    private int readiness;

    private StackTun tun(IpAddress own) {
        return new StackTun(
                "home",
                new StackSetup(
                        List.of(own),
                        new StackSetup.Link(1420, true, false),
                        StackLimits.defaults(),
                        TcpTimings.defaults(),
                        new StackSetup.Secrets(new Random(1), new StackSetup.Key(new byte[16])),
                        new Drops()),
                Arrivals.NONE,
                loop::nowNs);
    }

    private final PingListener pinger =
            new PingListener() {
                @Override
                public void onReply(int identifier, int sequence, long rttNs) {
                    told.add("reply " + sequence);
                }

                @Override
                public void onFailure(int identifier, int sequence, @Nullable Unreached cause) {
                    told.add("failure " + sequence);
                }
            };

    private void ping(int sequence) {
        tun.stack().ping(FAR, 1, sequence, new byte[8], pinger);
    }

    private void readOne(boolean readable, boolean writable) {
        assertTrue(readable);
        readiness++;
        try {
            Packet packet = tun.read(pool);
            if (packet != null) {
                assertTrue(far.write(packet.array(), packet.offset(), packet.length()));
                packet.release();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tellsLaterAndUntilNothingIsLeft() {
        var _ = tun.watch(loop, this::readOne);
        loop.advance(0);
        assertEquals(0, readiness);
        ping(1);
        ping(2);
        assertEquals(0, readiness, "told from within a call");
        for (int i = 0; i < 5; i++) {
            loop.advance(0);
        }
        assertEquals(3, readiness, "two packets, and a read that gives nothing");
        assertEquals(0, pool.leased());
    }

    @Test
    void outputFromBeforeTheWatchIsTold() {
        ping(1);
        var _ = tun.watch(loop, this::readOne);
        assertEquals(0, readiness);
        loop.advance(0);
        assertEquals(1, readiness);
    }

    @Test
    void tellsNothingWhileNobodyIsInterested() {
        EventLoop.Registration bond = tun.watch(loop, this::readOne);
        bond.interest(false, false);
        ping(1);
        loop.advance(1_000_000_000);
        assertEquals(0, readiness);
        bond.interest(true, false);
        loop.advance(0);
        assertEquals(1, readiness);
    }

    @Test
    void timePassesAlsoWhileNobodyReads() {
        EventLoop.Registration bond = tun.watch(loop, this::readOne);
        bond.interest(false, false);
        ping(1);
        IpAddress ipv6 = IpAddress.parse("fd08::1");
        tun.stack().connect(new Endpoint(ipv6, 80), new Closing());
        loop.advance(20_000_000);
        assertEquals(List.of("closed NETWORK_UNREACHABLE"), told);
        loop.advance(10_000_000_000L);
        loop.advance(20_000_000);
        assertTrue(told.contains("failure 1"), told::toString);
    }

    @Test
    void writesReachTheStackAndItsTimersFire() throws IOException {
        var _ = tun.watch(loop, this::readOne);
        ping(7);
        loop.advance(0);
        Packet reply = far.read(pool);
        assertNotNull(reply);
        assertTrue(tun.write(reply.array(), reply.offset(), reply.length()));
        reply.release();
        assertEquals(List.of("reply 7"), told);
        ping(8);
        loop.advance(0);
        loop.advance(11_000_000_000L);
        assertEquals("failure 8", told.getLast());
    }

    @Test
    void lastWordsAreReadAtOnce() {
        var _ = tun.watch(loop, this::readOne);
        ping(1);
        ping(2);
        ping(3);
        tun.flush();
        assertEquals(4, readiness);
    }

    @Test
    void closedOneIsGone() throws IOException {
        var _ = tun.watch(loop, this::readOne);
        assertThrows(IllegalStateException.class, () -> tun.watch(loop, this::readOne));
        assertNull(tun.read(pool));
        assertFalse(tun.name().isEmpty());
        ping(1);
        tun.close();
        tun.close();
        loop.advance(20_000_000_000L);
        assertEquals(0, readiness);
        assertThrows(IOException.class, () -> tun.read(pool));
        assertThrows(IOException.class, () -> tun.write(new byte[40], 10, 20));
    }

    /** Tells how a flow ended. */
    private final class Closing implements TcpFlow.Listener {
        @Override
        public void onConnected(TcpFlow flow) {}

        @Override
        public void onReadable(TcpFlow flow) {}

        @Override
        public void onWritable(TcpFlow flow) {}

        @Override
        public void onRemoteEnd(TcpFlow flow) {}

        @Override
        public void onClosed(TcpFlow flow, End end) {
            told.add("closed " + end);
        }
    }

    /** Timers only. Confined to the test's thread. */
    private static final class ManualLoop implements EventLoop {
        private final List<ManualTimer> timers = new ArrayList<>();
        private long nowNs = 1_000;

        long nowNs() {
            return nowNs;
        }

        void advance(long byNs) {
            nowNs += byNs;
            List.copyOf(timers).forEach(ManualTimer::fireIfDue);
        }

        @Override
        public Registration register(int fd, ReadyListener listener) {
            throw new IllegalStateException("there is no descriptor");
        }

        @Override
        public Timer timer(Runnable action) {
            ManualTimer timer = new ManualTimer(action);
            timers.add(timer);
            return timer;
        }

        @Override
        public void execute(Runnable task) {
            throw new IllegalStateException("there are no tasks");
        }

        /** Fires when the time was moved to it. */
        private final class ManualTimer implements Timer {
            private final Runnable action;
            private long atNs = Long.MAX_VALUE;

            ManualTimer(Runnable action) {
                this.action = action;
            }

            @Override
            public void arm(long delayNs) {
                atNs = nowNs + delayNs;
            }

            @Override
            public void cancel() {
                atNs = Long.MAX_VALUE;
            }

            void fireIfDue() {
                if (nowNs >= atNs) {
                    atNs = Long.MAX_VALUE;
                    action.run();
                }
            }
        }
    }
}
