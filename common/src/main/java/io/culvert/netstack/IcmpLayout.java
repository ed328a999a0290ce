package io.culvert.netstack;

/**
 * Types and codes of ICMP (RFC 792) and ICMPv6 (RFC 4443), as far as this stack speaks them.
 * Thread-safe (stateless).
 *
 * <pre>
 * | type | code | checksum | 4 bytes: identifier and sequence, unused, or MTU | the packet |
 * </pre>
 */
final class IcmpLayout {
    /** Protocol number of ICMP. */
    static final int ICMP = 1;

    /** Protocol number of ICMPv6. */
    static final int ICMPV6 = 58;

    /** Length of the header. */
    static final int LENGTH = 8;

    static final int ECHO_REPLY = 0;
    static final int UNREACHABLE = 3;
    static final int ECHO_REQUEST = 8;
    static final int TIME_EXCEEDED = 11;

    /** Code of {@link #UNREACHABLE}: the path takes only smaller packets (RFC 1191). */
    static final int FRAGMENTATION_NEEDED = 4;

    static final int UNREACHABLE_6 = 1;
    static final int TOO_BIG_6 = 2;
    static final int TIME_EXCEEDED_6 = 3;
    static final int PARAMETER_PROBLEM_6 = 4;
    static final int ECHO_REQUEST_6 = 128;
    static final int ECHO_REPLY_6 = 129;

    private IcmpLayout() {}
}
