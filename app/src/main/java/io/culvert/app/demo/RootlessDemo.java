package io.culvert.app.demo;

import io.culvert.app.run.ThisProgram;
import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code culvert demo} for a user who may do nothing to this machine: three processes on its
 * loopback, as they would stand on two machines.
 *
 * <pre>
 *  curl --SOCKS5, HTTP--> culvert proxy ==wss==> culvert server --sockets--> a web server
 * </pre>
 *
 * Both ends of the tunnel are userspace network stacks. The web server is on the gateway's own
 * loopback, which peers reach only where the gateway's file says so.
 */
final class RootlessDemo {
    private static final Pattern PORT = Pattern.compile("serves port (\\d+)");
    private static final Pattern GATEWAY =
            Pattern.compile("https://127\\.0\\.0\\.1:(\\d+).*pin (sha256/[^)\\s]+)");
    private static final Pattern SOCKS = Pattern.compile("127\\.0\\.0\\.1:(\\d+)$");
    private static final int FILE_MIB = 100;
    private static final int SHOWN_DIGITS = 12;
    private static final String FILE = "random.bin";
    private static final String PAGE = "<!doctype html><title>Culvert</title><p>It works.\n";

    private final Story story;
    private final Path folder;
    private final Undo undo;
    private final Web web;
    private final MonotonicClock clock = MonotonicClock.system();

    RootlessDemo(Story story, Path folder, Undo undo, boolean hasCurl) {
        this.story = story;
        this.folder = folder;
        this.undo = undo;
        this.web = hasCurl ? new Web.Curl(folder) : new Web.Jdk();
    }

    void play(@Nullable Path keep) throws IOException, InterruptedException {
        Path site = Files.createDirectory(folder.resolve("site"));
        Files.writeString(site.resolve("index.html"), PAGE);
        Path file = RandomFile.make(site.resolve(FILE), FILE_MIB, clock.nowNs());
        Child server = start("web", "demo-peer", "site", "127.0.0.1", "0", site.toString());
        int port = Integer.parseInt(find(PORT, Place.awaitReady(server)).group(1));
        DemoFiles files = DemoFiles.make(folder, lines(port));
        Matcher gateway = startGateway(files);
        String pin = gateway.group(2);
        String url = "wss://127.0.0.1:" + gateway.group(1);
        InetSocketAddress proxy = startClient(files.laptopFile("laptop", url, pin));
        fetch(proxy, URI.create("http://" + DemoFiles.GATEWAY_V4 + ":" + port + "/"), file);
        if (keep != null) {
            files.keep(keep, pin, DemoFiles.Kept.WITHOUT_ROOT);
            story.proved("a pair of files for real machines is in %s: see its first lines", keep);
        }
    }

    private static String lines(int port) {
        return """
        inside: userspace
        listen: ["https://127.0.0.1:0"]
        egress: [{allow: %s/32, ports: [%d], protocol: tcp}]
        """
                .formatted(DemoFiles.GATEWAY_V4, port);
    }

    private Matcher startGateway(DemoFiles files) throws IOException, InterruptedException {
        long startNs = clock.nowNs();
        String ready = Place.awaitReady(start("gateway", "server", files.gatewayFile().toString()));
        story.proved(
                "gateway up %d ms after 'culvert server', without root: it opens ordinary sockets",
                sinceMs(startNs));
        return find(GATEWAY, ready);
    }

    private InetSocketAddress startClient(Path tunnel) throws IOException, InterruptedException {
        long startNs = clock.nowNs();
        String door = "127.0.0.1:0"; // the same for both, so one port that speaks either
        Child client = start("laptop", "proxy", "--socks", door, "--http", door, tunnel.toString());
        String ready = Place.awaitReady(client);
        story.proved(
                "tunnel up %d ms after 'culvert proxy', without root: TLS on loopback",
                sinceMs(startNs));
        int port = Integer.parseInt(find(SOCKS, ready).group(1));
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private void fetch(InetSocketAddress proxy, URI site, Path file)
            throws IOException, InterruptedException {
        web.bySocks(proxy, site, folder.resolve("by-socks"));
        web.byHttp(proxy, site, folder.resolve("by-http"));
        for (String page : new String[] {"by-socks", "by-http"}) {
            if (!Files.readString(folder.resolve(page)).equals(PAGE)) {
                throw new IOException("the page arrived changed: " + page);
            }
        }
        story.proved(
                "a page from behind the gateway, by %s: through SOCKS5, and through the HTTP proxy",
                web.name());
        Path fetched = folder.resolve("fetched.bin");
        long startNs = clock.nowNs();
        web.bySocks(proxy, site.resolve(FILE), fetched);
        double seconds = (clock.nowNs() - startNs) / 1e9;
        String sum = RandomFile.sha256(fetched);
        if (!sum.equals(RandomFile.sha256(file))) {
            throw new IOException("the file arrived changed");
        }
        story.proved(
                "a file of %d MiB through SOCKS5: same SHA-256 (%s…), %.2f s, %.0f Mbit/s",
                FILE_MIB,
                sum.substring(0, SHOWN_DIGITS),
                seconds,
                Files.size(fetched) * 8 / seconds / 1e6);
    }

    private Child start(String label, String... words) throws IOException {
        Map<String, String> environment =
                Map.of("CULVERT_RUNTIME_DIR", folder.resolve("run").toString());
        return undo.add(Child.start(folder, label, environment, ThisProgram.command(words)));
    }

    private long sinceMs(long startNs) {
        return (clock.nowNs() - startNs) / 1_000_000;
    }

    private static Matcher find(Pattern pattern, String line) throws IOException {
        Matcher found = pattern.matcher(line);
        if (!found.find()) {
            throw new IOException("it said what was not expected: " + line);
        }
        return found;
    }
}
