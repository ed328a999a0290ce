package io.culvert.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace of the test's own. Its resolv.conf is a file of its own too, which {@code ip
 * netns exec} binds over {@code /etc/resolv.conf}.
 */
final class Namespace implements AutoCloseable {
    private static final Commands ROOT = new ProcessCommands();

    private final String name;
    private final Path folder;

    private Namespace(String name) {
        this.name = name;
        this.folder = Path.of("/etc/netns").resolve(name);
    }

    static Namespace create(String resolvConf) throws Exception {
        Namespace space = new Namespace("cv-host-" + ProcessHandle.current().pid());
        Files.createDirectories(space.folder);
        Files.writeString(space.folder.resolve("resolv.conf"), resolvConf);
        ROOT.run(List.of("ip", "netns", "del", space.name), "");
        check(ROOT.run(List.of("ip", "netns", "add", space.name), ""), "ip netns add");
        return space;
    }

    Machine machine() {
        return new Machine(commands(), files());
    }

    Commands commands() {
        return new Commands() {
            @Override
            public Result run(List<String> argv, String stdin) throws HostException {
                return inside(argv, stdin);
            }

            @Override
            public boolean has(String program) {
                // The test machine's own resolver service is not the namespace's.
                return !program.startsWith("resolv") && ROOT.has(program);
            }
        };
    }

    private Commands.Result inside(List<String> argv, String stdin) throws HostException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(argv);
        return ROOT.run(all, stdin);
    }

    /** Runs a line that must succeed. */
    String shell(String line) throws HostException {
        return check(inside(List.of("sh", "-c", line), ""), line).out();
    }

    /** Whether the firewall lets a datagram to this place get as far as the network card. */
    boolean canSend(String address, String options) throws HostException {
        shell(
                "nft add table inet probe; nft add chain inet probe last"
                        + " '{ type filter hook postrouting priority 300; }';"
                        + " nft add rule inet probe last ip daddr "
                        + address
                        + " counter");
        String ping = "ping -c 1 -W 1 " + options + " " + address;
        shell(ping + " || true"); // nobody answers
        String counted = shell("nft list table inet probe; nft delete table inet probe");
        return !counted.contains("packets 0 ");
    }

    private static Commands.Result check(Commands.Result result, String line) {
        if (!result.succeeded()) {
            throw new AssertionError(line + ": " + result.complaint());
        }
        return result;
    }

    /** All that a tunnel may change, as text. */
    String snapshot() throws HostException {
        StringBuilder text = new StringBuilder();
        for (String line :
                List.of(
                        "ip -4 rule; ip -6 rule",
                        "ip -4 route show table all; ip -6 route show table all",
                        "ip -o addr show; ip -o link show",
                        "nft list ruleset",
                        "cat /etc/resolv.conf; stat -c '%a %h' /etc/resolv.conf",
                        "sysctl -a 2>/dev/null | grep -E 'forward|accept_r|valid_mark'")) {
            String out = shell(line);
            text.append(out.lines().map(Namespace::stable).collect(Collectors.joining("\n")));
            text.append("\n--\n");
        }
        return text.toString();
    }

    /** Without what changes by itself: interface numbers, multicast, life times, flags of links. */
    private static String stable(String line) {
        return line.contains("ff00::/8") || line.contains("multicast")
                ? ""
                : line.replaceAll("^\\d+: |qdisc \\S+|state \\S+|qlen \\d+", "")
                        .replaceAll("conf\\.wg0\\..*", "");
    }

    HostFiles files() {
        return new HostFiles() {
            @Override
            public byte @Nullable [] read(Path path) throws IOException {
                Commands.Result result = tryShell("cat " + path);
                return result.succeeded() ? result.out().getBytes(StandardCharsets.UTF_8) : null;
            }

            @Override
            public void write(Path path, byte[] content) throws IOException {
                // No rename would work here: resolv.conf is a mount point.
                try {
                    String text = new String(content, StandardCharsets.UTF_8);
                    Commands.Result result = inside(List.of("sh", "-c", "cat > " + path), text);
                    if (!result.succeeded()) {
                        throw new IOException(result.complaint());
                    }
                } catch (HostException e) {
                    throw new IOException(e);
                }
            }

            @Override
            public @Nullable String linkTarget(Path path) {
                return null;
            }

            @Override
            public void link(Path path, String target) {
                throw new AssertionError("a mount point cannot become a link");
            }

            @Override
            public void delete(Path path) {
                throw new AssertionError("a mount point cannot be deleted");
            }

            @Override
            public List<String> list(Path place) throws IOException {
                return tryShell("ls " + place).out().lines().toList();
            }
        };
    }

    private Commands.Result tryShell(String line) throws IOException {
        try {
            return inside(List.of("sh", "-c", line), "");
        } catch (HostException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws HostException, IOException {
        ROOT.run(List.of("ip", "netns", "del", name), "");
        Files.deleteIfExists(folder.resolve("resolv.conf"));
        Files.deleteIfExists(folder);
    }
}
