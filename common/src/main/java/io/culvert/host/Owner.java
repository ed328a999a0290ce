package io.culvert.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The process that owns a tunnel, told from a later one with the same pid by its start time.
 * Immutable.
 *
 * @param startTicks when it started, in the kernel's clock ticks since boot (proc(5), stat field
 *     22)
 */
public record Owner(long pid, long startTicks) {
    private static final int STATE_FIELD = 0; // counted from the one after the name
    private static final int START_FIELD = 19;

    /** This process. */
    public static Owner self() {
        long pid = ProcessHandle.current().pid();
        Owner found = running(pid);
        return found == null ? new Owner(pid, 0) : found;
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
        return equals(running(pid));
    }

    static @Nullable Owner parse(long pid, String stat) {
        // The name stands in parentheses and may hold blanks and parentheses itself.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        boolean isDead = fields.length <= START_FIELD || "ZX".contains(fields[STATE_FIELD]);
        return isDead ? null : new Owner(pid, Long.parseLong(fields[START_FIELD]));
    }
}
