package io.culvert.app.demo;

import io.culvert.app.run.Privilege;
import io.culvert.app.run.StopSignal;
import io.culvert.host.Machine;
import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code culvert demo}: both halves as the processes that users run, in two networks made for the
 * purpose.
 *
 * <ol>
 *   <li>Two network namespaces and a cable; keys and files in a folder that only its owner reads.
 *   <li>The gateway, and nginx before it when it is installed.
 *   <li>A tunnel through nginx: ping, a file each way, and what the wire showed.
 *   <li>The same straight to the gateway's own TLS.
 *   <li>Everything undone, last first, also after Ctrl-C or a failure.
 * </ol>
 */
public final class Demo {
    private static final Pattern PIN = Pattern.compile("pin (sha256/[^)\\s]+)");
    private static final int FILE_MIB = 64;

    private final Story story;
    private final Tools tools;
    private final Path folder;
    private final Undo undo;
    private final MonotonicClock clock = MonotonicClock.system();

    private Demo(Story story, Tools tools, Path folder, Undo undo) {
        this.story = story;
        this.tools = tools;
        this.folder = folder;
        this.undo = undo;
    }

    /**
     * Runs the demonstration on the calling thread, which a signal interrupts. Where this user may
     * make no networks, it is {@link RootlessDemo}.
     *
     * @param rootless that one in any case
     * @param keep where the pair of files is left; null for nowhere
     * @throws IOException when something did not work, with one line on what
     */
    public static int run(PrintWriter out, Charset charset, boolean rootless, @Nullable Path keep)
            throws IOException {
        StopSignal stop = StopSignal.install();
        Thread self = Thread.currentThread();
        var _ = stop.requested().thenRun(self::interrupt);
        Story story = new Story(out, charset);
        Tools tools = Tools.find(Machine.local().commands());
        try {
            boolean hasNetworks = Privilege.mayMakeNetworks() && tools.missing().isEmpty();
            if (!tools.missing().isEmpty() && Privilege.mayMakeNetworks()) {
                story.say("- no networks of its own: %s", String.join(", ", tools.missing()));
            }
            runAndUndo(story, tools, hasNetworks && !rootless, keep);
            return 0;
        } catch (InterruptedException e) {
            story.say("interrupted: everything is undone");
            return 0; // as with every command that a signal ends
        } finally {
            stop.finished();
        }
    }

    private static void runAndUndo(
            Story story, Tools tools, boolean hasNetworks, @Nullable Path keep)
            throws IOException, InterruptedException {
        MonotonicClock clock = MonotonicClock.system();
        long startNs = clock.nowNs();
        try (Undo undo = new Undo()) {
            Path folder = Files.createTempDirectory(Cable.PREFIX);
            undo.add(() -> Leftovers.delete(folder));
            List<String> swept = hasNetworks ? Leftovers.sweep(folder) : Leftovers.sweepFolders();
            if (!swept.isEmpty()) {
                story.say("removed what a killed demonstration had left: %s", swept);
            }
            if (hasNetworks) {
                new Demo(story, tools, folder, undo).play(keep);
            } else {
                new RootlessDemo(story, folder, undo, tools.hasCurl()).play(keep);
            }
        }
        story.proved(
                "undone: no network, process or file of this demonstration is left (%.1f s in all)",
                (clock.nowNs() - startNs) / 1e9);
    }

    private void play(@Nullable Path keep) throws IOException, InterruptedException {
        Cable cable = Cable.lay(folder, undo);
        story.proved(
                "two machines with a cable between them: network namespaces %s and %s",
                cable.gateway().name(), cable.laptop().name());
        DemoFiles files = DemoFiles.make(folder, lines());
        Path file = RandomFile.make(folder.resolve("random.bin"), FILE_MIB, clock.nowNs());
        Child server = startFileServer(cable, file);
        String pin = startGateway(cable, files);
        Place.awaitReady(server);
        Round.Setting setting = new Round.Setting(cable.laptop(), file, tools, clock);
        if (tools.hasNginx()) {
            startNginx(cable, files);
            Path tunnel = files.laptopFile("home", url(Cable.PROXY), pin);
            new Round(setting, story, undo)
                    .play(tunnel, "laptop → TLS → nginx → unix socket → gateway");
        } else {
            story.say("- nginx is not installed: only the gateway's own TLS is shown");
        }
        Path tunnel = files.laptopFile("direct", url(Cable.DIRECT), pin);
        new Round(setting, story, undo).play(tunnel, "laptop → TLS → gateway, nothing between");
        if (keep != null) {
            files.keep(keep, pin, DemoFiles.Kept.AS_ROOT);
            story.proved("a pair of files for real machines is in %s: see its first lines", keep);
        }
    }

    private String lines() {
        return """
        listen: ["https://%s:443", "unix://%s"]
        trustedProxies: [127.0.0.0/8]
        """
                .formatted(Cable.DIRECT, Proxy.socket(folder));
    }

    private static String url(String host) {
        return "wss://" + host;
    }

    /** Starts it; what a client may pin. */
    private String startGateway(Cable cable, DemoFiles files)
            throws IOException, InterruptedException {
        long startNs = clock.nowNs();
        Child gateway =
                undo.add(
                        cable.gateway()
                                .culvert("gateway", "server", files.gatewayFile().toString()));
        String ready = Place.awaitReady(gateway);
        Matcher pin = PIN.matcher(ready);
        if (!pin.find()) {
            throw new IOException("the gateway told no pin: " + ready);
        }
        story.proved(
                "gateway up %d ms after 'culvert server', with keys, certificate and pin made",
                (clock.nowNs() - startNs) / 1_000_000);
        return pin.group(1);
    }

    private Child startFileServer(Cable cable, Path file) throws IOException {
        String port = Integer.toString(Round.PORT);
        return undo.add(
                cable.gateway()
                        .culvert("files", "demo-peer", "serve", "0.0.0.0", port, file.toString()));
    }

    private void startNginx(Cable cable, DemoFiles files) throws IOException, InterruptedException {
        Child nginx = undo.add(Proxy.start(cable.gateway(), folder, Cable.PROXY, files));
        nginx.await(Proxy.STARTED, Proxy.LIMIT_S);
        story.proved("nginx before it on port 443, with the configuration that Culvert ships");
    }
}
