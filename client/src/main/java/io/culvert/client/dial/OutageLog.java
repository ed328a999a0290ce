package io.culvert.client.dial;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Says once an outage what is wrong, however many attempts fail, and each further reason once.
 * Confined to the loop.
 */
final class OutageLog {
    private static final int MOST_REASONS = 8;

    private final Logger log;
    private final Set<String> told = new HashSet<>();

    OutageLog(Logger log) {
        this.log = log;
    }

    void lost(String url) {
        log.warn("lost the connection to {}; still trying", url);
    }

    void failed(String url, DialFailure failure) {
        String line = failure.getMessage();
        if (told.size() < MOST_REASONS && told.add(line)) {
            log.warn("cannot connect to {}: {}; still trying", url, line);
        }
        log.debug("attempt failed", failure);
    }

    void connected(String url, String remote) {
        told.clear();
        log.info("connected to {} ({})", url, remote);
    }
}
