package io.culvert.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The process that owns a tunnel, told from a later one with the same pid by its start time.
 * Immutable.
 *
 * @param startTicks when it started, in the kernel's clock ticks since boot (proc(5), stat field
 *     22)
 * @param network the network namespace whose tunnel it is, as {@code /proc} names it; null when
 *     that is not known
 */
public record Owner(long pid, long startTicks, @Nullable String network) {
    private static final Path NAMED = Path.of("/run/netns");
    private static final int STATE_FIELD = 0; // counted from the one after the name
    private static final int START_FIELD = 19;

    /** Of a namespace that is not known. */
    Owner(long pid, long startTicks) {
        this(pid, startTicks, null);
    }

    /** This process, in the network namespace that it is in now. */
    public static Owner self() {
        long pid = ProcessHandle.current().pid();
        Owner found = running(pid);
        return new Owner(pid, found == null ? 0 : found.startTicks, ownNetwork());
    }

    /** This process, for what changes no network, and so is of none. */
    public static Owner ofNoNetwork() {
        Owner self = self();
        return new Owner(self.pid, self.startTicks);
    }

    private static @Nullable String ownNetwork() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        } catch (IOException noProc) {
            return null;
        }
    }

    /** The process that has this pid now; null when none has. */
    public static @Nullable Owner running(long pid) {
        try {
            return parse(pid, Files.readString(Path.of("/proc/" + pid + "/stat")));
        } catch (IOException gone) {
            return null;
        }
    }

    /** Whether it still runs; a zombie does not. */
    public boolean isAlive() {
        Owner now = running(pid);
        return now != null && now.startTicks == startTicks;
    }

    /**
     * Refuses a tunnel of another network namespace: undone from here, what is like its changes
     * here would go, and its own would stay. Those of a namespace that is gone went with it.
     */
    public void requireHere(String name) throws HostException {
        String here = ownNetwork();
        if (network == null || here == null || network.equals(here)) {
            return;
        }
        if (isAlive() || exists(network)) {
            throw new HostException(
                    "the interface " + name + " belongs to another network namespace, " + network,
                    "do this inside of that, or give each namespace its own " + RunDir.VARIABLE);
        }
    }

    /** Whether a process is in this namespace, or a name of ip-netns(8) stands for it. */
    private static boolean exists(String network) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"));
                Stream<Path> names = Files.exists(NAMED) ? Files.list(NAMED) : Stream.of()) {
            return processes.anyMatch(process -> isIn(process, network))
                    || names.anyMatch(name -> network.equals("net:[" + inode(name) + "]"));
        } catch (IOException | UncheckedIOException unreadable) {
            return false;
        }
    }

    private static boolean isIn(Path process, String network) {
        try {
            return network.equals(Files.readSymbolicLink(process.resolve("ns/net")).toString());
        } catch (IOException goneOrNoProcess) {
            return false;
        }
    }

    private static Object inode(Path file) {
        try {
            return Files.getAttribute(file, "unix:ino");
        } catch (IOException gone) {
            return "";
        }
    }

    static @Nullable Owner parse(long pid, String stat) {
        // The name stands in parentheses and may hold blanks and parentheses itself.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        boolean isDead = fields.length <= START_FIELD || "ZX".contains(fields[STATE_FIELD]);
        return isDead ? null : new Owner(pid, Long.parseLong(fields[START_FIELD]));
    }
}
