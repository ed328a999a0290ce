package io.culvert.tests.lab;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Debian's wireguard-go in a namespace, set up with {@code wg}. Confined to the test's thread.
 *
 * <p>Its control sockets stand in one folder for all namespaces, so no device name comes twice.
 */
public final class WireGuardGo implements AutoCloseable {
    private static final AtomicInteger DEVICES = new AtomicInteger();

    private final Namespace where;
    private final String device;
    private Running running;

    /** Starts it with a private key, listening on {@code port}; addresses as for `ip addr`. */
    public WireGuardGo(Lab lab, Namespace where, String privateKey, int port) {
        this.where = where;
        this.device = "wt%dx%d".formatted(ProcessHandle.current().pid() % 100_000, nextDevice());
        this.running = launch();
        var key = lab.write(where.name() + "-" + device + ".key", privateKey + "\n");
        where.sh("wg set %s private-key %s listen-port %d".formatted(device, key, port));
    }

    public WireGuardGo addresses(String... addresses) {
        for (String address : addresses) {
            where.sh("ip addr add %s dev %s".formatted(address, device));
        }
        where.sh("ip link set %s mtu 1420 up".formatted(device));
        return this;
    }

    /** Adds a peer; {@code settings} as for {@code wg set}. */
    public WireGuardGo peer(String publicKey, String settings) {
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

    private Running launch() {
        // In the foreground, so that its process is ours to end.
        Running go = where.start("wireguard-go", "-f", device);
        where.sh(
                """
                i=0
                until wg show %s >/dev/null 2>&1; do i=$((i+1)); test $i -lt 100; sleep 0.05; done
                """
                        .formatted(device));
        if (!go.isAlive()) {
            throw new AssertionError(go.awaitExit(Duration.ofSeconds(1)));
        }
        return go;
    }

    @Override
    public void close() {
        running.close();
    }
}
