package io.culvert.server.web;

import io.culvert.config.ConfigException;
import io.culvert.door.TokenFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits who brings a token of a file. What is wrong with the file is told, once each time: else a
 * token that the operator has taken out would stay good without a word. Thread-safe.
 */
final class ListedTokens implements DoorKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ListedTokens.class);

    private final TokenFile tokens;
    private final AtomicReference<@Nullable String> told = new AtomicReference<>();

    private ListedTokens(TokenFile tokens) {
        this.tokens = tokens;
    }

    static ListedTokens of(Path file) throws ConfigException {
        try {
            return new ListedTokens(TokenFile.open(file));
        } catch (IllegalArgumentException e) { // says file, place and fault
            String fault = String.valueOf(e.getMessage());
            int end = fault.indexOf(": ", file.toString().length());
            throw new ConfigException(
                    fault.substring(0, end), fault.substring(end + 2), "write one token a line");
        }
    }

    @Override
    public boolean admits(@Nullable String token, Instant now) {
        if (token == null) {
            return false;
        }
        boolean isListed = tokens.admits(token);
        tellOf(tokens.refresh());
        return isListed;
    }

    private void tellOf(@Nullable String fault) {
        String before = told.getAndSet(fault);
        if (fault != null && !Objects.equals(before, fault)) {
            String effect =
                    tokens.size() == 0 ? "nobody is let in" : "the tokens read before stay good";
            LOG.warn("{}: {}: write one token a line", fault, effect);
        }
    }
}
