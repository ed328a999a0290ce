package io.culvert.app.demo;

import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel from its start to its end, and everything that is tried through it. Confined to the
 * command's thread.
 */
final class Round {
    static final int PORT = 7000;

    private static final long LIMIT_S = 30;
    private static final double BYTES_PER_MIB = 1 << 20;

    /** The average of iputils and of BusyBox: {@code … = min/avg/max…}. */
    private static final Pattern PING = Pattern.compile("= [0-9.]+/([0-9.]+)/");

    private static final Pattern TRANSFER =
            Pattern.compile("(?m)^(down|up) (\\d+) (\\d+) (same|different) ([0-9a-f]+)$");

    private final Setting setting;
    private final Story story;
    private final Undo undo;

    /**
     * Where it is played.
     *
     * @param laptop the client's machine
     * @param file what is transferred
     * @param tools what this machine has
     * @param clock what durations are read from
     */
    record Setting(Place laptop, Path file, Tools tools, MonotonicClock clock) {}

    Round(Setting setting, Story story, Undo undo) {
        this.setting = setting;
        this.story = story;
        this.undo = undo;
    }

    /** Plays it with the laptop's file; {@code way} is how its packets go, in words. */
    void play(Path tunnelFile, String way) throws IOException, InterruptedException {
        Wire wire = setting.tools().hasTcpdump() ? watch() : null;
        long startNs = setting.clock().nowNs();
        try (Child client = setting.laptop().culvert("laptop", "up", tunnelFile.toString())) {
            Place.awaitReady(client);
            long ms = TimeUnit.NANOSECONDS.toMillis(setting.clock().nowNs() - startNs);
            story.proved("tunnel up %d ms after 'culvert up': %s", ms, way);
            ping();
            transfer();
        }
        report(wire);
    }

    private Wire watch() throws IOException, InterruptedException {
        return Wire.watch(setting.laptop(), Cable.DEVICE, undo);
    }

    private void ping() throws IOException, InterruptedException {
        if (!setting.tools().hasPing()) {
            story.say("- no ping: the program 'ping' is not installed (package iputils-ping)");
            return;
        }
        try (Child v4 = startPing(DemoFiles.GATEWAY_V4);
                Child v6 = startPing(DemoFiles.GATEWAY_V6)) {
            story.proved(
                    "ping through the tunnel: %s in %s ms (IPv4), %s in %s ms (IPv6), none lost",
                    DemoFiles.GATEWAY_V4, average(v4), DemoFiles.GATEWAY_V6, average(v6));
        }
    }

    private Child startPing(String address) throws IOException {
        return setting.laptop()
                .start("ping", List.of("ping", "-n", "-q", "-c", "5", "-i", "0.2", address));
    }

    private static String average(Child ping) throws IOException, InterruptedException {
        String output = ping.await(LIMIT_S);
        Matcher average = PING.matcher(output);
        if (!output.contains(" 0% packet loss") || !average.find()) {
            throw new IOException("ping through the tunnel: " + output.strip());
        }
        return average.group(1);
    }

    private void transfer() throws IOException, InterruptedException {
        String port = Integer.toString(PORT);
        try (Child fetch =
                setting.laptop()
                        .culvert(
                                "file",
                                "demo-peer",
                                "fetch",
                                DemoFiles.GATEWAY_V4,
                                port,
                                setting.file().toString())) {
            Matcher line = TRANSFER.matcher(fetch.await(LIMIT_S));
            int count = 0;
            while (line.find()) {
                tell(line);
                count++;
            }
            if (count != 2) {
                throw new IOException("a file went one way only: " + fetch.output().strip());
            }
        }
    }

    private void tell(Matcher line) throws IOException {
        long bytes = Long.parseLong(line.group(2));
        long durationNs = Long.parseLong(line.group(3));
        if (!line.group(4).equals("same")) {
            throw new IOException("the file that went " + line.group(1) + " arrived changed");
        }
        double mbits = bytes * 8 * 1e3 / durationNs;
        story.proved(
                "a file of %.0f MiB %s: same SHA-256 (%s…), %.2f s, %.0f Mbit/s",
                bytes / BYTES_PER_MIB,
                line.group(1).equals("down") ? "from the gateway" : "to the gateway",
                line.group(5).substring(0, 12),
                durationNs / 1e9,
                mbits);
    }

    private void report(@Nullable Wire wire) throws IOException {
        if (wire == null) {
            story.say("- the wire was not watched: 'tcpdump' is not installed");
            return;
        }
        Wire.Seen seen = wire.stop();
        if (!seen.isOnlyTls()) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "on the wire: %d connections, %d TLS handshakes, %d packets unseen, %s",
                            seen.connections(),
                            seen.hellos(),
                            seen.lost(),
                            seen.strangers()));
        }
        String what =
                seen.connections() == 1
                        ? "one TLS connection"
                        : seen.connections() + " TLS connections";
        story.proved("the only thing on the wire was %s to port 443 (watched by tcpdump)", what);
    }
}
