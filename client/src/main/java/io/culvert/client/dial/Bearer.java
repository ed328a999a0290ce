package io.culvert.client.dial;

import io.culvert.crypto.PublicKey;
import io.culvert.door.Knock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What opens a gateway's door: nothing, the content of a token file, or a knock. It is asked anew
 * for each attempt, since knocks age and files change. Immutable.
 */
public final class Bearer {
    private static final int LONGEST_FILE = 4096;

    private Bearer() {}

    /** For a door that is open. */
    public static Supplier<@Nullable String> none() {
        return () -> null;
    }

    /** The token that stands in the file; asking throws {@link UncheckedIOException}. */
    public static Supplier<@Nullable String> ofFile(Path file) {
        return () -> read(file);
    }

    /** The proof to know the gateway's public key. */
    public static Supplier<@Nullable String> ofKnock(PublicKey gateway, InstantSource wall) {
        byte[] key = gateway.bytes();
        return () -> Knock.make(key, wall.instant().getEpochSecond());
    }

    private static String read(Path file) {
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw new IOException(file + ": too long for a token: one line is meant");
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("token file: " + e.getMessage(), e);
        }
    }
}
