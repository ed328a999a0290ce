package io.culvert.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that says which tunnels run on this machine: one journal each, and the lock over them.
 *
 * <p>Journals hold commands that root will run, so the folder must belong to us and be closed to
 * other writers. Thread-safe (the state is in the file system).
 */
public final class RunDir {
    /** The environment variable that moves the folder. */
    public static final String VARIABLE = "CULVERT_RUNTIME_DIR";

    private static final String DEFAULT = "/run/culvert";
    private static final String SUFFIX = ".journal";
    private static final String USER = "unix:uid";
    private static final Integer ROOT = 0;
    private static final int LOCK_ATTEMPTS = 1500;
    private static final long LOCK_PAUSE_NS = 20_000_000;

    private final Path folder;

    /** At this place. */
    public RunDir(Path folder) {
        this.folder = folder;
    }

    /** Where the environment says, or {@code /run/culvert}. */
    public static RunDir of(Map<String, String> environment) {
        String place = environment.getOrDefault(VARIABLE, "");
        return new RunDir(Path.of(place.isBlank() ? DEFAULT : place));
    }

    /**
     * For what needs no root: where the environment says, else {@code /run/culvert} for root, and
     * for anybody else a folder that is the user's alone.
     */
    public static RunDir ofUser(Map<String, String> environment) {
        Object user = user();
        if (user.equals(ROOT) || !environment.getOrDefault(VARIABLE, "").isBlank()) {
            return of(environment);
        }
        String session = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return new RunDir(
                session.isBlank()
                        ? Path.of("/tmp", "culvert-" + user)
                        : Path.of(session, "culvert"));
    }

    private static Object user() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), USER);
        } catch (IOException | UnsupportedOperationException ignored) { // then root's place it is
            return ROOT;
        }
    }

    /** The folder, for other files of a running tunnel. */
    public Path folder() {
        return folder;
    }

    /** The process that runs this interface; null when none does, whatever files it left. */
    public @Nullable Owner owner(String name) throws HostException {
        JournalFile.Content content = JournalFile.read(journal(name));
        if (content == null || content.owner() == null) {
            return null;
        }
        return content.owner().isAlive() ? content.owner() : null;
    }

    /** Whether the undoing of this interface's changes has begun, by its owner or a rescuer. */
    public boolean isEnding(String name) throws HostException {
        JournalFile.Content content = JournalFile.read(journal(name));
        return content != null && content.isEnding();
    }

    /** The interfaces that have a journal, of living owners and dead ones. */
    public List<String> names() throws HostException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw failure("cannot be listed: " + e.getMessage(), e);
        }
    }

    Path journal(String name) {
        return folder.resolve(name + SUFFIX);
    }

    /** Makes the folder, and refuses one that somebody else could write into. */
    public void prepare() throws HostException {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
            boolean isOpen =
                    mode.contains(PosixFilePermission.GROUP_WRITE)
                            || mode.contains(PosixFilePermission.OTHERS_WRITE);
            Object self = Files.getAttribute(Path.of("/proc/self"), USER);
            if (isOpen || !self.equals(Files.getAttribute(folder, USER))) {
                throw new HostException(
                        "the runtime folder " + folder + " can be written by others",
                        "`chown root "
                                + folder
                                + " && chmod 755 "
                                + folder
                                + "`, or set "
                                + VARIABLE
                                + " to a folder of your own");
            }
        } catch (IOException e) {
            throw failure("cannot be made: " + e.getMessage(), e);
        }
    }

    /** Waits for the lock that keeps two from claiming or recovering at once. */
    Lock lock() throws HostException {
        prepare();
        FileChannel channel = null;
        boolean success = false;
        try {
            channel =
                    FileChannel.open(
                            folder.resolve("lock"),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Lock lock = new Lock(channel, await(channel));
            success = true;
            return lock;
        } catch (IOException e) {
            throw failure("cannot be locked: " + e.getMessage(), e);
        } finally {
            if (!success) {
                closeQuietly(channel);
            }
        }
    }

    private FileLock await(FileChannel channel) throws IOException, HostException {
        for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
            FileLock held = tryLock(channel);
            if (held != null) {
                return held;
            }
            LockSupport.parkNanos(LOCK_PAUSE_NS);
        }
        throw failure("is locked by another culvert for too long", null);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // Only the lock hung on it, and that is gone either way.
        }
    }

    private HostException failure(String what, @Nullable Throwable cause) {
        String message = "the runtime folder " + folder + " " + what;
        String remedy = "run as root, or set " + VARIABLE + " to a folder of your own";
        return cause == null
                ? new HostException(message, remedy)
                : new HostException(message, remedy, cause);
    }

    /** The held lock; closing it lets the next one in. Confined to the thread that took it. */
    final class Lock implements AutoCloseable {
        private final FileChannel channel;
        private FileLock held;

        private Lock(FileChannel channel, FileLock held) {
            this.channel = channel;
            this.held = held;
        }

        /** Lets others in until {@link #retake}, after which what was read before may be old. */
        void suspend() throws HostException {
            try {
                held.release();
            } catch (IOException e) {
                throw failure("cannot be unlocked: " + e.getMessage(), e);
            }
        }

        /** Waits for the lock again. */
        void retake() throws HostException {
            try {
                held = await(channel);
            } catch (IOException e) {
                throw failure("cannot be locked: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            closeQuietly(channel);
        }
    }
}
