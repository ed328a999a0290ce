package io.culvert.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The port to the machine's own files: resolv.conf and {@code /proc/sys}.
 *
 * <p>Called by the thread that sets up or takes down a tunnel. Paths are followed through symbolic
 * links, except by {@link #linkTarget}, {@link #link} and {@link #delete}.
 */
public interface HostFiles {
    /** The content; null when there is no such file. */
    byte @Nullable [] read(Path path) throws IOException;

    /**
     * Truncates and writes in place, never by rename: the file may be a mount point, and its mode,
     * owner and links stay. A missing file is made with mode 0644.
     */
    void write(Path path, byte[] content) throws IOException;

    /** Where a symbolic link points, as written in it; null when the path is none. */
    @Nullable String linkTarget(Path path) throws IOException;

    /** Makes a symbolic link, in place of what stands there. */
    void link(Path path, String target) throws IOException;

    /** Deletes a file or a link; a missing one is fine. */
    void delete(Path path) throws IOException;

    /** The names in a folder, sorted; none when there is no such folder. */
    List<String> list(Path folder) throws IOException;
}
