package io.culvert.tests.lab;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A WireGuard that others wrote, Debian's wireguard-go unless told, in a namespace and set up with
 * {@code wg}. Confined to the test's thread.
 *
 * <p>Its control sockets stand in one folder for all namespaces, so no device name comes twice.
 */
public final class WireGuardDevice implements AutoCloseable {
    private static final AtomicInteger DEVICES = new AtomicInteger();

    private final Namespace where;
    private final String device;
    private final Running running;

    /** Starts Debian's wireguard-go with a private key, listening on {@code port}. */
    public WireGuardDevice(Lab lab, Namespace where, String privateKey, int port) {
        this(lab, where, WireGuardProgram.DEBIAN, privateKey, port);
    }

    /** Starts {@code program} with a private key, listening on {@code port}. */
    public WireGuardDevice(
            Lab lab, Namespace where, WireGuardProgram program, String privateKey, int port) {
        this.where = where;
        this.device = "wt%dx%d".formatted(ProcessHandle.current().pid() % 100_000, nextDevice());
        this.running = where.start(program.command(device));
        awaitSocket(where, device, running);
        var key = lab.write(where.name() + "-" + device + ".key", privateKey + "\n");
        where.sh("wg set %s private-key %s listen-port %d".formatted(device, key, port));
    }

    /** The device's name. */
    public String device() {
        return device;
    }

    /** Adds addresses as for {@code ip addr}, and raises the device. */
    public WireGuardDevice addresses(String... addresses) {
        for (String address : addresses) {
            where.sh("ip addr add %s dev %s".formatted(address, device));
        }
        where.sh("ip link set %s mtu 1420 up".formatted(device));
        return this;
    }

    /** Adds a peer; {@code settings} as for {@code wg set}. */
    public WireGuardDevice peer(String publicKey, String settings) {
        where.sh("wg set %s peer %s %s".formatted(device, publicKey, settings));
        return this;
    }

    /** Setting the private key anew makes it drop every session, as a restart does. */
    public void forgetSessions() {
        where.sh(
                """
                d=$(mktemp -d); wg showconf %1$s >$d/c
                wg set %1$s private-key /dev/null; wg setconf %1$s $d/c; rm -rf $d
                """
                        .formatted(device));
    }

    /** Seconds since 1970 of the latest handshake with the only peer, 0 when there was none. */
    public long latestHandshake() {
        return number("latest-handshakes", 1);
    }

    public long receivedBytes() {
        return number("transfer", 1);
    }

    private static int nextDevice() {
        return DEVICES.incrementAndGet();
    }

    private long number(String what, int column) {
        String[] words =
                where.sh("wg show %s %s".formatted(device, what)).strip().split("\\s+", -1);
        return Long.parseLong(words[column]);
    }

    /**
     * Waits until the program started as {@code running} serves its control socket, without
     * touching it: {@code wg} removes a socket that refuses it, as one that is bound and does not
     * listen yet does, and wireguard-go ends with its socket.
     */
    public static void awaitSocket(Namespace where, String device, Running running) {
        var come =
                where.run(
                        "sh",
                        "-c",
                        """
                        i=0
                        until grep -q ' 00010000 .*/%s.sock$' /proc/net/unix; do
                          i=$((i+1)); test $i -lt 400 || exit 1; sleep 0.05
                        done
                        """
                                .formatted(device));
        if (come.exit() != 0 || !running.isAlive()) {
            throw new AssertionError("does not come up: " + running);
        }
    }

    @Override
    public void close() {
        running.close();
    }
}
