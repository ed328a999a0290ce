package io.culvert.client.proxy.dns;

import java.util.Arrays;

/**
 * The parts of a DNS message that a relay must see (RFC 1035 §4.1), read and written in place. Any
 * bytes may be given. Stateless, thread-safe.
 *
 * <pre>
 *  0  ID        2  QR OPCODE AA TC RD | RA Z RCODE
 *  4  QDCOUNT   6  ANCOUNT   8  NSCOUNT   10  ARCOUNT   12  question, records
 * </pre>
 */
final class DnsLayout {
    static final int HEADER_BYTES = 12;
    static final int MOST_BYTES = 65_535;

    static final int NO_ERROR = 0;
    static final int SERVER_FAILURE = 2;
    static final int NO_SUCH_NAME = 3;

    private static final int FLAGS = 2;
    private static final int QUESTIONS = 4;
    private static final int ANSWERS = 6;
    private static final int AUTHORITIES = 8;
    private static final int ADDITIONALS = 10;
    private static final int RESPONSE_BIT = 0b1000_0000;
    private static final int OPCODE_BITS = 0b0111_1000;
    private static final int TRUNCATED_BIT = 0b0000_0010;
    private static final int RECURSION_DESIRED_BIT = 0b0000_0001;
    private static final int RECURSION_AVAILABLE = 0b1000_0000;
    private static final int CODE_BITS = 0b0000_1111;
    private static final int POINTER_BITS = 0b1100_0000;

    private static final int TYPE_SOA = 6;
    private static final int TYPE_OPT = 41;
    private static final int RECORD_BYTES = 10;
    private static final int TTL_IN_RECORD = 4;
    private static final int LENGTH_IN_RECORD = 8;
    private static final int SOA_LEAST_BYTES = 22;

    /** RFC 2308 §5 leaves the bound to us. */
    private static final long MOST_NEGATIVE_SECONDS = 900;

    private DnsLayout() {}

    static int id(byte[] message) {
        return unsigned16(message, 0);
    }

    static void setId(byte[] message, int id) {
        message[0] = (byte) (id >> 8);
        message[1] = (byte) id;
    }

    static int code(byte[] response) {
        return response[FLAGS + 1] & CODE_BITS;
    }

    static boolean isTruncated(byte[] response) {
        return (response[FLAGS] & TRUNCATED_BIT) != 0;
    }

    /** Whether it is an ordinary query with one question. */
    static boolean isQuery(byte[] message) {
        return questionEnd(message) != 0
                && (message[FLAGS] & (RESPONSE_BIT | OPCODE_BITS)) == 0
                && unsigned16(message, ANSWERS) == 0;
    }

    /** Whether it answers this query: id and question are the same, letters in any case. */
    static boolean isResponseTo(byte[] query, byte[] response) {
        int end = questionEnd(query);
        if (end == 0 || questionEnd(response) != end || id(query) != id(response)) {
            return false;
        }
        if ((response[FLAGS] & (RESPONSE_BIT | OPCODE_BITS)) != RESPONSE_BIT) {
            return false;
        }
        for (int i = HEADER_BYTES; i < end; i++) {
            if (lowerCase(query[i]) != lowerCase(response[i])) {
                return false;
            }
        }
        return true;
    }

    /** A response that says no more than this code, to a query. */
    static byte[] bareResponse(byte[] query, int code) {
        int end = questionEnd(query);
        byte[] response = Arrays.copyOf(query, end);
        response[FLAGS] = (byte) (RESPONSE_BIT | (query[FLAGS] & RECURSION_DESIRED_BIT));
        response[FLAGS + 1] = (byte) (RECURSION_AVAILABLE | code);
        Arrays.fill(response, ANSWERS, HEADER_BYTES, (byte) 0);
        return response;
    }

    /** Where the question of a message with exactly one ends; 0 when it is malformed. */
    static int questionEnd(byte[] message) {
        if (message.length < HEADER_BYTES || unsigned16(message, QUESTIONS) != 1) {
            return 0;
        }
        int at = HEADER_BYTES;
        while (at < message.length && message[at] != 0) {
            if ((message[at] & POINTER_BITS) != 0) {
                return 0; // there is nothing before it to point to
            }
            at += 1 + message[at];
        }
        int end = at + 5; // the root's label, type and class
        return end <= message.length ? end : 0;
    }

    /** For how many seconds the response may be kept; 0 for not at all, or when malformed. */
    static long lifetimeSeconds(byte[] response) {
        int code = code(response);
        if (isTruncated(response) || (code != NO_ERROR && code != NO_SUCH_NAME)) {
            return 0;
        }
        Lifetime lifetime = new Lifetime();
        if (!visit(response, lifetime)) {
            return 0;
        }
        boolean isPositive = code == NO_ERROR && unsigned16(response, ANSWERS) > 0;
        return isPositive ? lifetime.leastSeconds : lifetime.negativeSeconds;
    }

    /** Takes what has passed off the lifetimes in a response that was visited before. */
    static void age(byte[] response, long seconds) {
        boolean isWhole =
                visit(
                        response,
                        (message, _, at) -> {
                            long left = unsigned32(message, at + TTL_IN_RECORD) - seconds;
                            put32(message, at + TTL_IN_RECORD, Math.max(0, left));
                        });
        if (!isWhole) {
            throw new IllegalStateException("a malformed response was kept");
        }
    }

    /** Told of each record but OPT, whose TTL is none. */
    @FunctionalInterface
    private interface RecordVisitor {
        /** A record; {@code at} is where its name has ended. */
        void onRecord(byte[] message, int type, int at);
    }

    /** What the records say of the time that they hold. Confined to its maker. */
    private static final class Lifetime implements RecordVisitor {
        private static final long TTL_SIGN = 0x8000_0000L;
        private long leastSeconds = Integer.MAX_VALUE;
        private long negativeSeconds;

        @Override
        public void onRecord(byte[] message, int type, int at) {
            long ttl = unsigned32(message, at + TTL_IN_RECORD);
            long seconds = ttl >= TTL_SIGN ? 0 : ttl; // RFC 2181 §8
            leastSeconds = Math.min(leastSeconds, seconds);
            int length = unsigned16(message, at + LENGTH_IN_RECORD);
            if (type == TYPE_SOA && length >= SOA_LEAST_BYTES) {
                long minimum = unsigned32(message, at + RECORD_BYTES + length - 4);
                negativeSeconds = Math.min(MOST_NEGATIVE_SECONDS, Math.min(seconds, minimum));
            }
        }
    }

    /** Whether the records are what the header says. */
    static boolean isWhole(byte[] response) {
        return visit(response, (_, _, _) -> {});
    }

    /** Visits all records; false when they are not what the header says. */
    private static boolean visit(byte[] message, RecordVisitor visitor) {
        int at = questionEnd(message);
        int records =
                unsigned16(message, ANSWERS)
                        + unsigned16(message, AUTHORITIES)
                        + unsigned16(message, ADDITIONALS);
        for (int i = 0; i < records; i++) {
            at = at == 0 ? 0 : nameEnd(message, at);
            if (at == 0 || at + RECORD_BYTES > message.length) {
                return false;
            }
            int end = at + RECORD_BYTES + unsigned16(message, at + LENGTH_IN_RECORD);
            if (end > message.length) {
                return false;
            }
            int type = unsigned16(message, at);
            if (type != TYPE_OPT) {
                visitor.onRecord(message, type, at);
            }
            at = end;
        }
        return at != 0;
    }

    /** Where a record's name ends, a pointer being its end; 0 when it is malformed. */
    private static int nameEnd(byte[] message, int offset) {
        int at = offset;
        while (at < message.length) {
            int length = message[at] & 0xff;
            if (length == 0) {
                return at + 1;
            }
            if ((length & POINTER_BITS) == POINTER_BITS) {
                return at + 2;
            }
            if ((length & POINTER_BITS) != 0) {
                return 0;
            }
            at += 1 + length;
        }
        return 0;
    }

    private static int lowerCase(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    private static int unsigned16(byte[] message, int at) {
        return (message[at] & 0xff) << 8 | (message[at + 1] & 0xff);
    }

    private static long unsigned32(byte[] message, int at) {
        return (long) unsigned16(message, at) << 16 | unsigned16(message, at + 2);
    }

    private static void put32(byte[] message, int at, long value) {
        message[at] = (byte) (value >> 24);
        message[at + 1] = (byte) (value >> 16);
        message[at + 2] = (byte) (value >> 8);
        message[at + 3] = (byte) value;
    }
}
