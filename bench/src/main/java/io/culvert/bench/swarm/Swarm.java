package io.culvert.bench.swarm;

import io.culvert.client.loop.NettyLoop;
import io.culvert.config.Pin;
import io.culvert.loop.EventLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Thousands of clients of one gateway, for {@code bench/scale}.
 *
 * <pre>
 * Swarm keys FOLDER TUNNELS            writes swarm.keys, wg0.conf, peers.conf
 * Swarm run FOLDER NET ADDRESSES PIN   or instead of the pin udp:PORT; then commands, one a line:
 *   connect TUNNELS PER-SECOND         more of them, until so many are up
 *   ask TUNNELS EACH-PER-SECOND SECONDS
 *   churn PER-SECOND SECONDS           tunnels beyond those that are up: open, one echo, closed
 *   close TUNNELS                      until so many are up
 *   count                              how many are up
 * </pre>
 *
 * <p>It ends with its input. Confined to the main thread, but for what it leaves to the loop.
 */
public final class Swarm {
    private static final int MOST_SECONDS = 60;
    private static final int MOST_AT_ONCE = 100;
    private static final int MOST_AT_ONCE_IN_CHURN = 2000;
    private static final long STEP_NS = 1_000_000;

    private final NettyLoop loop = NettyLoop.open();
    private final Ground ground;

    // confined to the loop
    private final List<SwarmTunnel> tunnels = new ArrayList<>();
    private @Nullable Phase phase;
    private CompletableFuture<String> done = new CompletableFuture<>();
    private final EventLoop.Timer timer = loop.timer(this::step);

    private Swarm(SwarmFiles files, Ground.Target target) {
        this.ground = new Ground(loop, files, target);
    }

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        if (args[0].equals("keys")) {
            SwarmFiles.make(folder, Integer.parseInt(args[2]));
            return;
        }
        boolean isUdp = args[4].startsWith("udp:");
        int port = isUdp ? Integer.parseInt(args[4].substring("udp:".length())) : 0;
        Ground.Target target =
                new Ground.Target(
                        InetAddress.ofLiteral(args[2]),
                        Integer.parseInt(args[3]),
                        port,
                        isUdp ? null : Pin.parse(args[4]));
        Swarm swarm = new Swarm(SwarmFiles.read(folder), target);
        var _ = swarm.loop.failed().thenAccept(_ -> Runtime.getRuntime().halt(1));
        System.out.println("swarming");
        swarm.obey();
        Runtime.getRuntime().halt(0); // the kernel closes what is open
    }

    private void obey() throws IOException {
        var in = new InputStreamReader(System.in, StandardCharsets.US_ASCII);
        BufferedReader lines = new BufferedReader(in);
        for (String line; (line = lines.readLine()) != null && !line.isBlank(); ) {
            String[] words = line.strip().split(" ");
            CompletableFuture<String> answer = loop.call(() -> begin(words));
            System.out.printf("{\"command\": \"%s\", %s}%n", line.strip(), answer.join());
        }
    }

    private CompletableFuture<String> begin(String[] words) throws IOException {
        done = new CompletableFuture<>();
        switch (words[0]) {
            case "connect" -> phase = connecting(number(words[1]), number(words[2]));
            case "ask" -> phase = asking(number(words[1]), number(words[2]), number(words[3]));
            case "churn" -> phase = churning(number(words[1]), number(words[2]));
            case "close" -> {
                while (tunnels.size() > number(words[1])) {
                    tunnels.removeLast().stop();
                }
            }
            case "count" -> {}
            default -> throw new IOException("no command: " + words[0]);
        }
        step();
        return done;
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }

    private Phase connecting(int count, int perSecond) {
        int first = tunnels.size() + 1;
        int more = Math.min(count, ground.files().tunnels()) - tunnels.size();
        var plan = new Connecting.Plan(first, more, perSecond, MOST_AT_ONCE, false);
        return new Connecting(ground, plan, tunnels);
    }

    private Phase churning(int perSecond, int seconds) {
        int first = tunnels.size() + 1;
        int keys = ground.files().tunnels() - tunnels.size();
        int count = Math.min(perSecond * Math.min(seconds, MOST_SECONDS), keys);
        var plan = new Connecting.Plan(first, count, perSecond, MOST_AT_ONCE_IN_CHURN, true);
        return new Connecting(ground, plan, tunnels);
    }

    private Phase asking(int count, int perSecond, int seconds) throws IOException {
        if (count < 1 || count > tunnels.size()) {
            throw new IOException(count + " tunnels of " + tunnels.size());
        }
        int bounded = Math.min(seconds, MOST_SECONDS);
        return new Asking(ground, tunnels.subList(0, count), perSecond, bounded);
    }

    private void step() {
        try {
            Phase now = phase;
            if (now == null || now.step(ground.nowNs())) {
                phase = null;
                done.complete((now == null ? "" : now.members() + ", ") + state());
            } else {
                timer.arm(STEP_NS);
            }
        } catch (IOException e) {
            done.completeExceptionally(e);
        }
    }

    private String state() {
        int up = 0;
        int losses = 0;
        for (SwarmTunnel tunnel : tunnels) {
            up += tunnel.isUp() ? 1 : 0;
            losses += tunnel.losses();
        }
        return "\"tunnels\": %d, \"up\": %d, \"losses\": %d".formatted(tunnels.size(), up, losses);
    }
}
