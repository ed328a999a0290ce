package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.tests.lab.Culvert;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.Lab;
import io.culvert.tests.lab.Namespace;
import io.culvert.tests.lab.Outside;
import io.culvert.tests.lab.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two hundred of Debian's wireguard-go against one gateway, all of them at once. */
@Tag("long")
class ManyPeersInteropIT {
    private static final int PEERS = 200;
    private static final int PINGS = 10;
    private static final String WATCHERS = "/proc/sys/fs/inotify/max_user_instances";

    /** Of its own for each interface: they share one folder of control sockets. */
    private static final String DEVICE = "wm" + ProcessHandle.current().pid() % 100_000 + "x";

    @Test
    void areAllServedAtOnce() {
        try (Lab lab = Lab.open("wireguard-go", "wg", "ping")) {
            allowWatches(lab);
            Outside outside = Outside.in(lab);
            Keys gatewayKeys = Keys.make();
            StringBuilder conf =
                    new StringBuilder(
                            "[Interface]\nPrivateKey = %s\nAddress = 10.8.0.254/24\n"
                                    .formatted(gatewayKeys.privateKey()));
            for (int i = 1; i <= PEERS; i++) {
                Keys keys = Keys.make();
                lab.write("peer" + i + ".key", keys.privateKey() + "\n");
                conf.append("[Peer]\nPublicKey = %s\n".formatted(keys.publicKey()));
                conf.append("AllowedIPs = 10.8.0.%d/32\n".formatted(i));
            }
            lab.write("wg0.conf", conf.toString());
            Path yaml =
                    lab.write(
                            "gateway.yaml",
                            "tunnel: wg0.conf\nnat: false\nlisten: ['udp://0.0.0.0:51820']\n");
            Culvert gateway = Culvert.in(lab, outside.gateway());
            gateway.server(yaml);
            startPeers(lab, outside.client(), gatewayKeys.publicKey());
            assertEquals(PEERS * PINGS, answeredPings(lab, outside.client()), "answered pings");
            String shown = gateway.run("show", "--json").orFail().out();
            assertEquals(PEERS, shown.split("\"latestHandshake\"\\s*:\\s*\"", -1).length - 1);
        }
    }

    /** Each wireguard-go watches its socket, and Debian lets a user have 128 watchers. */
    private static void allowWatches(Lab lab) {
        String before = Shell.sh("cat " + WATCHERS).strip();
        if (Integer.parseInt(before) < 4 * PEERS) {
            lab.closing(() -> Shell.sh("echo %s >%s".formatted(before, WATCHERS)));
            Shell.sh("echo %d >%s".formatted(4 * PEERS, WATCHERS));
        }
    }

    private static void startPeers(Lab lab, Namespace where, String gatewayKey) {
        run(
                where,
                """
                for i in $(seq %1$d); do
                  wireguard-go -f %2$s$i >%3$s/log$i 2>&1 &
                  tries=0
                  until wg set %2$s$i private-key %3$s/peer$i.key peer %4$s \
                    allowed-ips 10.8.0.0/24 endpoint %5$s:51820 2>%3$s/complaint; do
                    tries=$((tries + 1))
                    [ $tries -lt 100 ] || { cat %3$s/complaint %3$s/log$i >&2; exit 1; }
                    sleep 0.05
                  done
                  ip addr add 10.8.0.$i/32 dev %2$s$i
                  ip link set %2$s$i mtu 1420 up
                  ip route add 10.8.0.0/24 dev %2$s$i src 10.8.0.$i metric $i
                done
                """
                        .formatted(PEERS, DEVICE, lab.folder(), gatewayKey, Outside.GATEWAY_4));
    }

    /** Ten from each within some seconds; a first packet waits for its handshake. */
    private static int answeredPings(Lab lab, Namespace where) {
        run(
                where,
                """
                for i in $(seq %1$d); do
                  ping -n -q -c %2$d -i 0.5 -w 40 -s 1000 -I %3$s$i 10.8.0.254 >%4$s/ping$i 2>&1 &
                done
                wait
                """
                        .formatted(PEERS, PINGS, DEVICE, lab.folder()));
        String sum =
                where.sh(
                        "cat %s/ping* | awk '/packets transmitted/ { n += $4 } END { print n + 0 }'"
                                .formatted(lab.folder()));
        return Integer.parseInt(sum.strip());
    }

    private static void run(Namespace where, String script) {
        where.run(Duration.ofMinutes(2), Map.of(), "sh", "-ec", script).orFail();
    }
}
