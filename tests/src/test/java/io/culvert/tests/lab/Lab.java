package io.culvert.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * One set-up of namespaces and links, with a folder for its files; closing it leaves no trace.
 * Confined to the test's thread.
 *
 * <p>Names start with {@code cvt} and this process's id, so that the next run can tell what a
 * killed one left behind.
 */
public final class Lab implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final long PID = ProcessHandle.current().pid();

    private final int number = COUNT.incrementAndGet();
    private final Path folder;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private Lab() throws IOException {
        this.folder = Files.createTempDirectory("cvt" + number + "-");
    }

    /** A new lab; the test is skipped, saying why, where this machine cannot have one. */
    public static Lab open(String... programs) {
        Assumptions.assumeTrue(isRoot(), "needs root (network namespaces)");
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun");
        for (String program : programs) {
            Assumptions.assumeTrue(Shell.has(program), "needs " + program);
        }
        if (COUNT.get() == 0) {
            sweep();
        }
        try {
            return new Lab();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** For files of this set-up: readable by its owner only; gone after {@link #close}. */
    public Path folder() {
        return folder;
    }

    public Namespace namespace(String role) {
        return closing(new Namespace("cvt%d-%d%s".formatted(PID, number, role)));
    }

    /** A veth pair between two namespaces, up, without addresses. */
    public Link link(Namespace near, String nearDevice, Namespace far, String farDevice) {
        return new Link(near, nearDevice, far, farDevice);
    }

    /** Records what passes {@code device} from now on. */
    public Capture capture(Namespace where, String device) {
        Path file = folder.resolve("capture-" + opened.size() + ".pcap");
        return closing(new Capture(where, device, file));
    }

    /** Takes a resource into the lab's care: closed with it, last opened first. */
    public <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    public Path write(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            Shell.run("chmod", "600", file.toString()).orFail();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // whatever fails, the rest must still be undone
    public void close() {
        AssertionError failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                failure = new AssertionError("while cleaning up", e);
            }
        }
        Shell.run("rm", "-rf", folder.toString());
        if (failure != null) {
            throw failure;
        }
    }

    /** Removes what test processes that are gone have left behind. */
    private static void sweep() {
        for (String line : Shell.run("ip", "netns", "list").out().lines().toList()) {
            String name = line.split(" ", -1)[0];
            if (name.matches("cvt\\d+-.*")) {
                long pid = Long.parseLong(name.substring(3, name.indexOf('-')));
                if (ProcessHandle.of(pid).isEmpty()) {
                    Namespace.remove(name);
                }
            }
        }
    }
}
