package io.culvert.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may read a file that holds a secret. Thread-safe (stateless). */
final class FileMode {
    private FileMode() {}

    /** The file's mode, where every user of this machine can read it; else null. */
    static @Nullable String openToEverybody(Path path) {
        try {
            Path above = path.toAbsolutePath().normalize().getParent();
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
            boolean isOpen =
                    mode.contains(PosixFilePermission.OTHERS_READ)
                            && above != null
                            && Files.getPosixFilePermissions(above)
                                    .contains(PosixFilePermission.OTHERS_EXECUTE);
            return isOpen ? PosixFilePermissions.toString(mode) : null;
        } catch (IOException | UnsupportedOperationException unknown) {
            return null; // no POSIX permissions here
        }
    }
}
