package io.culvert.libc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The descriptors that this process has open, for tests that look for leaks. */
public final class OpenDescriptors {
    private OpenDescriptors() {}

    /** Number to target, without the one that the listing itself needs. */
    public static Map<Integer, String> now() throws IOException {
        Map<Integer, String> open = new TreeMap<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : links.toList()) {
                try {
                    String target = Files.readSymbolicLink(link).toString();
                    if (!isTheRuntimes(target)) {
                        open.put(Integer.parseInt(link.getFileName().toString()), target);
                    }
                } catch (IOException ignored) {
                    // The listing's own descriptor is closed by now.
                }
            }
        }
        return open;
    }

    /** What the JVM and JNA open for themselves, once, whenever they first need it. */
    private static boolean isTheRuntimes(String target) {
        boolean isRandom = target.startsWith("/dev/") && target.endsWith("random");
        boolean isTrampolines = target.contains("/ffi") && target.endsWith(" (deleted)");
        boolean isClasses = target.endsWith(".jar");
        return target.startsWith("/proc/") || isRandom || isTrampolines || isClasses;
    }
}
