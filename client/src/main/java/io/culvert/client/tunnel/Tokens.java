package io.culvert.client.tunnel;

import io.culvert.config.PeerSection;
import io.culvert.door.Knock;
import io.culvert.time.WallClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What opens the gateway's door: the content of a token file, or a knock. Immutable. */
final class Tokens {
    private static final int LONGEST_FILE = 4096;

    private Tokens() {}

    /** Asked anew for each attempt, since knocks age and files change. */
    static Supplier<@Nullable String> of(PeerSection peer, WallClock wall) {
        Path file = peer.tokenFile();
        if (file != null) {
            return () -> read(file);
        }
        byte[] gatewayKey = peer.publicKey().bytes();
        return () -> Knock.make(gatewayKey, wall.now().getEpochSecond());
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
