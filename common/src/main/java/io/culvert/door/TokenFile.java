package io.culvert.door;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.culvert.config.FileFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A file of tokens that is read again when it changed. Thread-safe (one lock, held while the file
 * is read).
 *
 * <p>A changed file that cannot be read or has a fault leaves the tokens as they were; one that
 * holds no token any more admits nobody.
 */
public final class TokenFile {
    private static final int MOST_BYTES = 4 << 20;

    private final Path path;

    @GuardedBy("this")
    private Tokens tokens = Tokens.parse("");

    @GuardedBy("this")
    private @Nullable FileTime modified; // null until the file was read

    @GuardedBy("this")
    private long sizeBytes;

    @GuardedBy("this")
    private @Nullable String fault; // null while the file is as it should be

    private TokenFile(Path path) {
        this.path = path;
    }

    /**
     * The tokens in that file.
     *
     * @throws IllegalArgumentException with one line that names file, place and fault
     */
    public static TokenFile open(Path path) {
        TokenFile file = new TokenFile(path);
        String fault = file.refresh();
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        return file;
    }

    /** Whether the token is listed now. */
    public synchronized boolean admits(String token) {
        refresh();
        return tokens.admits(token);
    }

    /** How many tokens there are, as last read. */
    public synchronized int size() {
        return tokens.size();
    }

    /** Reads the file if it changed; what is wrong with it, or null. */
    public synchronized @Nullable String refresh() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (!now.lastModifiedTime().equals(modified) || now.size() != sizeBytes) {
                modified = now.lastModifiedTime();
                sizeBytes = now.size();
                fault = read();
            }
        } catch (IOException e) {
            modified = null;
            fault = path + ": cannot be read (" + FileFault.why(e) + ")";
        }
        return fault;
    }

    @GuardedBy("this")
    private @Nullable String read() throws IOException {
        if (sizeBytes > MOST_BYTES) {
            return path + ": longer than " + MOST_BYTES + " bytes";
        }
        try {
            tokens = Tokens.parse(Files.readString(path, StandardCharsets.ISO_8859_1));
            return tokens.size() == 0 ? path + ": holds no token" : null;
        } catch (IllegalArgumentException e) {
            return path + ":" + String.valueOf(e.getMessage()).replaceFirst("^line ", "");
        }
    }
}
