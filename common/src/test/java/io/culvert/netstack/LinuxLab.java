package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.libc.Epoll;
import io.culvert.netstack.SimulatedPath.Fate;
import io.culvert.stats.Drops;
import io.culvert.tun.linux.LinuxTun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A stack behind a TUN device of this machine: the kernel's TCP is at the other end, and the lab
 * carries packets between them, losing some. Driven by the test's thread.
 */
final class LinuxLab implements AutoCloseable {
    private static final String KERNEL_NET = "198.51.100.0/30";
    static final IpAddress KERNEL = IpAddress.parse("198.51.100.1");
    static final IpAddress STACK = IpAddress.parse("198.51.100.2");
    static final IpAddress KERNEL_IPV6 = IpAddress.parse("fd5a:7e57::1");
    static final IpAddress STACK_IPV6 = IpAddress.parse("fd5a:7e57::2");

    private static final int MTU = 1420;
    private static final int BATCH = 64;
    private static final long LONG_NS = 400_000_000_000L; // beyond all timeouts

    final NetStack stack;
    final Drops drops = new Drops();
    private final LinuxTun tun;
    private final Epoll epoll;
    private final PacketPool pool = new PacketPool();
    private final SimulatedPath inbound;
    private final SimulatedPath outbound;
    private boolean isLossy;

    LinuxLab(long seed, Arrivals arrivals) throws Exception {
        Random random = new Random(seed);
        tun = LinuxTun.open("cvn" + Integer.toHexString(new Random().nextInt(0x1000, 0x10000)));
        ip("address", "add", KERNEL + "/30", "dev", tun.name());
        ip("-6", "address", "add", KERNEL_IPV6 + "/64", "dev", tun.name(), "nodad");
        ip("link", "set", tun.name(), "mtu", "" + MTU, "up");
        String congestion = System.getProperty("culvert.linuxCongestion");
        if (congestion != null) { // of the kernel's end; else what this machine is set to
            String[] route = {"route", "replace", KERNEL_NET, "dev", tun.name(), "scope", "link"};
            String[] more = {"src", "" + KERNEL, "congctl", congestion};
            ip(Stream.concat(Stream.of(route), Stream.of(more)).toArray(String[]::new));
        }
        epoll = Epoll.open(1);
        epoll.add(tun.fd(), Epoll.IN, 0);
        inbound = new SimulatedPath(random, Fate.GOOD);
        outbound = new SimulatedPath(random, Fate.GOOD);
        byte[] key = new byte[16];
        random.nextBytes(key);
        StackSetup setup =
                new StackSetup(
                        List.of(STACK, STACK_IPV6),
                        new StackSetup.Link(MTU, tun.hasOffloads(), false),
                        StackLimits.defaults(),
                        TcpTimings.defaults(),
                        new StackSetup.Secrets(random, new StackSetup.Key(key)),
                        drops);
        stack = new NetStack(setup, arrivals, () -> {});
        stack.tick(System.nanoTime());
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        assertEquals(0, status, String.join(" ", command));
    }

    /** Packets are lost and late from now on. */
    void setFate(Fate fate) {
        isLossy = true;
        inbound.setFate(fate);
        outbound.setFate(fate);
    }

    /** Carries packets until it is so; fails when that takes longer than this. */
    void runUntil(BooleanSupplier isDone, long mostSeconds) throws IOException {
        long endNs = System.nanoTime() + mostSeconds * 1_000_000_000;
        while (!isDone.getAsBoolean()) {
            long nowNs = System.nanoTime();
            assertTrue(
                    nowNs < endNs,
                    () ->
                            "not done after "
                                    + mostSeconds
                                    + " s: "
                                    + stack.status()
                                    + drops.snapshot());
            if (!step(nowNs)) {
                boolean isSoon = stack.nextDeadlineNs() - nowNs < 1_000_000;
                epoll.await(isSoon ? 0 : 1);
            }
        }
    }

    private boolean step(long nowNs) throws IOException {
        boolean isBusy = false;
        for (int i = 0; i < BATCH; i++) {
            Packet packet = tun.read(pool);
            if (packet == null) {
                break;
            }
            isBusy = true;
            if (isLossy) {
                inbound.send(packet.array(), packet.offset(), packet.length(), nowNs);
            } else {
                stack.receive(packet.array(), packet.offset(), packet.length(), nowNs);
            }
            packet.release();
        }
        isBusy |= inbound.deliver(stack, nowNs);
        for (int i = 0; i < BATCH; i++) {
            Packet packet = stack.poll(pool, nowNs);
            if (packet == null) {
                break;
            }
            isBusy = true;
            if (isLossy) {
                outbound.send(packet.array(), packet.offset(), packet.length(), nowNs);
            } else {
                tun.write(packet.array(), packet.offset(), packet.length());
            }
            packet.release();
        }
        isBusy |= outbound.deliver(this::write, nowNs);
        stack.tick(nowNs);
        return isBusy;
    }

    private void write(byte[] array, int offset, int length) {
        try {
            tun.write(array, offset, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing is left, not even what lingers, when its time is over. */
    void assertNothingLingers() {
        assertNothingLeft();
        stack.tick(System.nanoTime() + LONG_NS);
        stack.tick(System.nanoTime() + 2 * LONG_NS);
        assertEquals(0, stack.status().timeWaits());
        assertEquals(Long.MAX_VALUE, stack.nextDeadlineNs());
        assertNull(stack.poll(pool, System.nanoTime() + 2 * LONG_NS));
    }

    /** Nothing is left but connections that linger. */
    void assertNothingLeft() {
        StackStatus status = stack.status();
        assertEquals(List.of(), status.tcp());
        assertEquals(0, status.pending());
        assertEquals(0, status.bufferBytes());
        assertEquals(0, stack.context().sents.inUse());
        assertEquals(0, stack.context().outlet.leased());
        assertEquals(0, stack.context().quota.size());
        assertEquals(0, stack.context().openings.size());
        assertEquals(0, pool.leased());
    }

    @Override
    public void close() {
        epoll.close();
        tun.close();
    }
}
