package io.culvert.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

    private final Path path;
    private final FileChannel channel;

    private JournalFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** A new file, for its owner only; there must be none. */
    static JournalFile create(Path path, Owner owner) throws HostException {
        try {
            FileChannel channel =
                    FileChannel.open(
                            path,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            JournalFile file = new JournalFile(path, channel);
            file.append(owner);
            file.syncFolder();
            return file;
        } catch (IOException e) {
            throw failure(path, e);
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
            }
        }
        return new Content(owner, steps);
    }

    /** Appends a line and waits until it is on the disk. */
    void append(UndoStep step) throws HostException {
        try {
            append((Object) step);
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    private void append(Object value) throws IOException {
        String line = MAPPER.writeValueAsString(value) + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
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

    /** A journal's lines; the owner is null when even the first was cut. */
    record Content(@Nullable Owner owner, List<UndoStep> steps) {}
}
