package io.culvert.netstack;

/** Why a destination cannot be reached, as ICMP tells it. */
public enum Unreached {
    /** No route leads to it. */
    NETWORK(0, 0),
    /** Nobody answers at the address. */
    HOST(1, 3),
    /** Nobody listens at the port. */
    PORT(3, 4),
    /** It is not allowed. */
    PROHIBITED(13, 1);

    private final int code;
    private final int codeIpv6;

    Unreached(int code, int codeIpv6) {
        this.code = code;
        this.codeIpv6 = codeIpv6;
    }

    /** The code of ICMP's "destination unreachable" in this family. */
    int code(boolean isIpv6) {
        return isIpv6 ? codeIpv6 : code;
    }

    /** What a code says (RFC 792, RFC 1812 §5.2.7.1; RFC 4443 §3.1). */
    static Unreached of(int code, boolean isIpv6) {
        if (isIpv6) {
            return switch (code) {
                case 0 -> NETWORK;
                case 4 -> PORT;
                case 1, 5, 6 -> PROHIBITED;
                default -> HOST;
            };
        }
        return switch (code) {
            case 0, 6, 8, 11 -> NETWORK;
            case 2, 3 -> PORT;
            case 9, 10, 13, 14, 15 -> PROHIBITED;
            default -> HOST;
        };
    }
}
