package io.culvert.client.proxy;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counters of hostile, broken or refused input; the first of each kind is logged at debug, the rest
 * in silence. Confined to the loop.
 */
public final class Garbage {
    private static final Logger log = LoggerFactory.getLogger(Garbage.class);

    /** What was wrong. */
    public enum Kind {
        /** Bytes that are no SOCKS request. */
        BAD_SOCKS,
        /** Bytes that are no HTTP request. */
        BAD_HTTP,
        /** Bytes of a target that are no HTTP response. */
        BAD_HTTP_RESPONSE,
        /** A wrong user or password, or none. */
        BAD_CREDENTIALS,
        /** A client that did not say in time what it wants. */
        SLOW_CLIENT,
        /** A datagram of SOCKS that is malformed, a fragment, or for nobody. */
        BAD_SOCKS_DATAGRAM,
        /** A datagram from somebody else than the association's client. */
        STRANGE_SOURCE,
        /** A datagram for which no room is left. */
        NO_ROOM,
        /** A line of another process of ours that is none. */
        BAD_ATTACH,
        /** A datagram from a remote that the association's client never sent one to. */
        UNASKED_SOURCE,
        /** A DNS query that is none. */
        BAD_DNS_QUERY,
        /** A DNS response that is none, or that nobody asked for. */
        BAD_DNS_RESPONSE,
        /** A connection beyond the most that are held. */
        TOO_MANY
    }

    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

    /** Counts one. */
    public void count(Kind kind) {
        if (counts.merge(kind, 1L, Long::sum) == 1) {
            log.debug("dropped: {}; more of it is counted in silence", label(kind));
        }
    }

    /** How many there were. */
    public long of(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** The kinds that occurred, with their counts. */
    public Map<Kind, Long> snapshot() {
        return Map.copyOf(counts);
    }

    private static String label(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
