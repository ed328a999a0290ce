package io.culvert.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file beneath a journal: JSON lines, the owner first, then one undo step a line.
 *
 * <p>A line is on the disk before its action begins. So a last line that was cut by a crash tells
 * of an action that never happened, and is skipped. Confined to its journal's thread.
 */
final class JournalFile implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int LIMIT_BYTES = 16 << 20;
    private static final String RETRACTED = "{\"retracted\":true}";
    private static final String ENDING = "{\"ending\":true}";

    private final Path path;
    private final FileChannel channel;

    private JournalFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** A file that begins with these steps, in place of what stood there, and open for more. */
    static JournalFile create(Path path, Owner owner, List<UndoStep> steps) throws HostException {
        List<String> lines = new ArrayList<>(List.of(MAPPER.writeValueAsString(owner)));
        steps.forEach(step -> lines.add(MAPPER.writeValueAsString(step)));
        return write(path, lines);
    }

    /** Leaves what is still to be undone, in place of the file, while its undoing goes on. */
    static void replace(Path path, @Nullable Owner owner, List<UndoStep> steps)
            throws HostException {
        List<String> lines = new ArrayList<>();
        lines.add(owner == null ? "{}" : MAPPER.writeValueAsString(owner));
        lines.add(ENDING);
        steps.forEach(step -> lines.add(MAPPER.writeValueAsString(step)));
        write(path, lines).close();
    }

    /** At once or not at all, and for its owner only. */
    private static JournalFile write(Path path, List<String> lines) throws HostException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        JournalFile file = null;
        boolean success = false;
        try {
            Files.deleteIfExists(fresh);
            file =
                    new JournalFile(
                            path,
                            FileChannel.open(
                                    fresh,
                                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                    PosixFilePermissions.asFileAttribute(
                                            PosixFilePermissions.fromString("rw-------"))));
            file.appendText(String.join("\n", lines) + "\n");
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
            file.syncFolder();
            success = true;
            return file;
        } catch (IOException e) {
            throw failure(path, e);
        } finally {
            if (!success && file != null) {
                file.close();
            }
        }
    }

    /** What a file tells; null when there is none. */
    static @Nullable Content read(Path path) throws HostException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(LIMIT_BYTES);
        } catch (NoSuchFileException absent) {
            return null;
        } catch (IOException e) {
            throw failure(path, e);
        }
        List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        Owner owner = lines.isEmpty() ? null : parse(lines.getFirst(), Owner.class);
        List<UndoStep> steps = new ArrayList<>();
        for (String line : lines) {
            UndoStep step = line.contains("\"undo\"") ? parse(line, UndoStep.class) : null;
            if (step != null) {
                steps.add(step);
            } else if (line.equals(RETRACTED) && !steps.isEmpty()) {
                steps.removeLast();
            }
        }
        return new Content(owner, lines.contains(ENDING), steps);
    }

    /** Appends a line and waits until it is on the disk. */
    void append(UndoStep step) throws HostException {
        try {
            appendText(MAPPER.writeValueAsString(step) + "\n");
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    /** Takes the last step back: its action turned out not to be ours. */
    void retract() throws HostException {
        try {
            appendText(RETRACTED + "\n");
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    /** Says that from now on its owner takes everything back. */
    void appendEnding() {
        try {
            appendText(ENDING + "\n");
        } catch (IOException ignored) {
            // It only lets `down` wait longer; a full disk must not keep us from undoing.
        }
    }

    private void appendText(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    /** Deletes the file: everything is undone. */
    static void delete(Path path) throws HostException {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // Every line was forced to the disk when it was written.
        }
    }

    private void syncFolder() {
        Path folder = path.toAbsolutePath().getParent();
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        } catch (IOException ignored) {
            // Some file systems cannot; after kill -9 the kernel still has the entry.
        }
    }

    private static <T> @Nullable T parse(String line, Class<T> type) {
        try {
            return MAPPER.readValue(line, type);
        } catch (JacksonException cutByCrash) {
            return null;
        }
    }

    private static HostException failure(Path path, IOException e) {
        return new HostException(
                "the journal " + path + " cannot be read or written: " + e.getMessage(),
                "run as root, and check the space and the permissions of its folder",
                e);
    }

    /**
     * A journal's lines.
     *
     * @param owner null when even the first line was cut
     * @param isEnding whether the undoing has begun
     */
    record Content(@Nullable Owner owner, boolean isEnding, List<UndoStep> steps) {
        /** Whether whoever wrote it still runs. */
        boolean isAlive() {
            return owner != null && owner.isAlive();
        }
    }
}
