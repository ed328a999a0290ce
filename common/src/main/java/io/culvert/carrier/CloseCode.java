package io.culvert.carrier;

/** Status codes of WebSocket close frames (RFC 6455 §7.4). */
final class CloseCode {
    static final int NORMAL = 1000;
    static final int GOING_AWAY = 1001;
    static final int PROTOCOL_ERROR = 1002;
    static final int UNSUPPORTED = 1003;
    static final int TOO_BIG = 1009;

    private CloseCode() {}

    /** Whether the other side may send {@code code} in a close frame (§7.4.1, §7.4.2). */
    static boolean isValid(int code) {
        return (code >= 1000 && code <= 1003)
                || (code >= 1007 && code <= 1014)
                || (code >= 3000 && code <= 4999);
    }
}
