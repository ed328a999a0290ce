package io.culvert.server.web;

import io.culvert.config.ConfigException;
import io.culvert.crypto.PublicKey;
import io.culvert.door.Knock;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Decides by its bearer token whether a WebSocket's request is entitled. Thread-safe. */
@FunctionalInterface
public interface DoorKeeper {
    /**
     * Whether the request may pass. A wrong token takes as long as a right one.
     *
     * @param token what followed {@code Bearer}; null when nothing did
     */
    boolean admits(@Nullable String token, Instant now);

    /** Admits everybody. */
    static DoorKeeper open() {
        return (token, now) -> true;
    }

    /** Admits who proves to know the gateway's public key. */
    static DoorKeeper knock(PublicKey gateway) {
        byte[] key = gateway.bytes();
        return (token, now) -> token != null && Knock.verify(token, key, now.getEpochSecond());
    }

    /**
     * Admits who brings a token of the file, which is read again when it changes.
     *
     * @throws ConfigException when the file cannot be used
     */
    static DoorKeeper tokens(Path file) throws ConfigException {
        return ListedTokens.of(file);
    }
}
