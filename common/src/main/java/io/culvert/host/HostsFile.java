package io.culvert.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The addresses of a tunnel's gateways, beside its journal: under the kill switch of a killed run
 * no look-up gets out, and the next run must know where to go. Thread-safe (the state is in the
 * file system).
 */
public final class HostsFile {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int LIMIT_BYTES = 1 << 20;

    private final Path path;

    /** Of this interface. */
    public HostsFile(RunDir folder, String name) {
        this.path = folder.folder().resolve(name + ".hosts");
    }

    /** Literal addresses by host; nothing when there is no such file, or none that can be read. */
    public Map<String, List<String>> read() {
        try (var in = Files.newInputStream(path)) {
            return MAPPER.readValue(in.readNBytes(LIMIT_BYTES), new TypeReference<>() {});
        } catch (IOException | JacksonException unreadable) {
            return Map.of();
        }
    }

    /** Replaces the file, for its owner only. */
    public void write(Map<String, List<String>> hosts) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try {
            Files.createFile(
                    fresh,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.write(fresh, MAPPER.writeValueAsBytes(new TreeMap<>(hosts)));
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh); // only there when something failed
        }
    }

    /** Deletes the file: the kill switch is down. */
    public void delete() throws HostException {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new HostException(path + " cannot be deleted", "delete it by hand", e);
        }
    }
}
