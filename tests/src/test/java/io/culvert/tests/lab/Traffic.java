package io.culvert.tests.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the tests send through tunnels, by programs that others wrote. */
public final class Traffic {
    private static final Pattern RATE =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.eE+]+)");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

    private Traffic() {}

    /** Five quick pings of {@code payload} bytes, all of them answered. */
    public static void ping(Namespace from, String address, int payload) {
        from.run(
                        "ping",
                        "-n",
                        "-c",
                        "5",
                        "-i",
                        "0.05",
                        "-w",
                        "10",
                        "-W",
                        "3",
                        "-s",
                        Integer.toString(payload),
                        address)
                .orFail();
    }

    /** One iperf3 run; {@code options} as of iperf3. In bits a second. */
    public static double iperf3(
            Namespace from, Namespace to, String address, int seconds, String... options) {
        Running server = to.start("iperf3", "-s", "-1", "--forceflush", "-B", address);
        try (server) {
            server.awaitLine("Server listening", Duration.ofSeconds(10));
            String[] fixed = {"iperf3", "-J", "-c", address, "-t", Integer.toString(seconds)};
            String[] command = new String[fixed.length + options.length];
            System.arraycopy(fixed, 0, command, 0, fixed.length);
            System.arraycopy(options, 0, command, fixed.length, options.length);
            Duration timeout = Duration.ofSeconds(seconds + 30L);
            String json = from.run(timeout, Map.of(), command).orFail().out();
            Matcher matcher = RATE.matcher(json.replace('\n', ' '));
            if (!matcher.find()) {
                throw new AssertionError("iperf3 said no rate: " + json);
            }
            return Double.parseDouble(matcher.group(1));
        }
    }

    /** A file of random bytes; made once, as it takes seconds. */
    public static Path randomFile(Lab lab, long bytes) {
        Path file = lab.folder().resolve("site/bulk.bin");
        Shell.sh(
                """
                mkdir -p %2$s; test -s %1$s && exit 0
                openssl enc -aes-128-ctr -nosalt -K $(openssl rand -hex 16) -iv 00 -in /dev/zero \
                  2>/dev/null | head -c %3$d >%1$s
                """
                        .formatted(file, file.getParent(), bytes));
        return file;
    }

    public static String sha256(Path file) {
        return Shell.sh("sha256sum <" + file).substring(0, 64);
    }

    /** The JDK's own web server, serving the folder of {@code file}. */
    public static Running serve(Namespace where, String address, Path file) {
        Running server =
                where.start(
                        JAVA.resolve("jwebserver").toString(),
                        "-b",
                        address,
                        "-p",
                        "8000",
                        "-d",
                        file.resolveSibling("").toString());
        server.awaitLine("URL http", Duration.ofSeconds(20));
        return server;
    }

    /** Starts a download that prints the checksum of what came, or curl's complaint. */
    public static Running download(Namespace from, String host, Path file, String... options) {
        return from.start(
                "bash",
                "-c",
                "set -o pipefail; curl -sS --fail --max-time 180 %s http://%s:8000/%s | sha256sum"
                        .formatted(String.join(" ", options), host, file.getFileName()));
    }

    /** The checksum that {@link #download} printed in the end. */
    public static String checksum(Running download) {
        return download.awaitExit(Duration.ofSeconds(190)).orFail().out().substring(0, 64);
    }
}
