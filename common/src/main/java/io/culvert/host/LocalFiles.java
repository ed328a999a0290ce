package io.culvert.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of the file system that this process sees. Thread-safe (stateless). */
public final class LocalFiles implements HostFiles {
    private static final int LIMIT_BYTES = 1 << 20;

    /** There is nothing to set. */
    public LocalFiles() {}

    @Override
    public byte @Nullable [] read(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(LIMIT_BYTES);
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    @Override
    public void write(Path path, byte[] content) throws IOException {
        boolean isNew = !Files.exists(path);
        Files.write(
                path,
                content,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        if (isNew) {
            // Resolvers run as anybody, whatever our umask is.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    @Override
    public @Nullable String linkTarget(Path path) throws IOException {
        return Files.isSymbolicLink(path) ? Files.readSymbolicLink(path).toString() : null;
    }

    @Override
    public void link(Path path, String target) throws IOException {
        Files.deleteIfExists(path);
        Files.createSymbolicLink(path, Path.of(target));
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
