package io.culvert.config;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The keys of a tunnel file, wg(8)'s and wg-quick(8)'s and then Culvert's own. */
enum Key {
    PRIVATE_KEY("PrivateKey", SectionKind.INTERFACE),
    LISTEN_PORT("ListenPort", SectionKind.INTERFACE),
    FW_MARK("FwMark", SectionKind.INTERFACE),
    ADDRESS("Address", SectionKind.INTERFACE),
    DNS("DNS", SectionKind.INTERFACE),
    MTU("MTU", SectionKind.INTERFACE),
    TABLE("Table", SectionKind.INTERFACE),
    PRE_UP("PreUp", SectionKind.INTERFACE),
    POST_UP("PostUp", SectionKind.INTERFACE),
    PRE_DOWN("PreDown", SectionKind.INTERFACE),
    POST_DOWN("PostDown", SectionKind.INTERFACE),
    SAVE_CONFIG("SaveConfig", SectionKind.INTERFACE),
    KILL_SWITCH("KillSwitch", SectionKind.INTERFACE),
    SUPER_PACKETS("SuperPackets", SectionKind.INTERFACE),
    SOCKS("Socks", SectionKind.INTERFACE),
    HTTP("Http", SectionKind.INTERFACE),
    LOCAL_FORWARD("LocalForward", SectionKind.INTERFACE),
    REMOTE_FORWARD("RemoteForward", SectionKind.INTERFACE),
    DNS_LISTEN("DnsListen", SectionKind.INTERFACE),
    PUBLIC_KEY("PublicKey", SectionKind.PEER),
    PRESHARED_KEY("PresharedKey", SectionKind.PEER),
    ALLOWED_IPS("AllowedIPs", SectionKind.PEER),
    ENDPOINT("Endpoint", SectionKind.PEER),
    PERSISTENT_KEEPALIVE("PersistentKeepalive", SectionKind.PEER),
    WEB_SOCKET("WebSocket", SectionKind.PEER),
    PIN("Pin", SectionKind.PEER),
    CA_FILE("CaFile", SectionKind.PEER),
    PROXY("Proxy", SectionKind.PEER),
    TOKEN_FILE("TokenFile", SectionKind.PEER),
    CONNECTIONS("Connections", SectionKind.PEER);

    private final String spelling;
    private final SectionKind section;

    Key(String spelling, SectionKind section) {
        this.spelling = spelling;
        this.section = section;
    }

    String spelling() {
        return spelling;
    }

    SectionKind section() {
        return section;
    }

    /** Whether it stands in a {@code #@} line. */
    boolean isOwn() {
        return switch (this) {
            case KILL_SWITCH, SUPER_PACKETS -> true;
            case SOCKS, HTTP, LOCAL_FORWARD, REMOTE_FORWARD, DNS_LISTEN -> true;
            case WEB_SOCKET, PIN, CA_FILE, PROXY, TOKEN_FILE, CONNECTIONS -> true;
            default -> false;
        };
    }

    /** Whether it may stand in a section more than once. */
    boolean isRepeatable() {
        return switch (this) {
            case ADDRESS, DNS, PRE_UP, POST_UP, PRE_DOWN, POST_DOWN, ALLOWED_IPS, PIN -> true;
            case LOCAL_FORWARD, REMOTE_FORWARD -> true;
            default -> false;
        };
    }

    /** Whether its value is a shell line. */
    boolean isHook() {
        return switch (this) {
            case PRE_UP, POST_UP, PRE_DOWN, POST_DOWN -> true;
            default -> false;
        };
    }

    /** How a line with this key begins. */
    String lineStart() {
        return (isOwn() ? "#@ " : "") + spelling + " = ";
    }

    /** The key of this spelling in any case; null when there is none. */
    static @Nullable Key find(String spelling) {
        return Arrays.stream(values())
                .filter(key -> key.spelling.equalsIgnoreCase(spelling))
                .findFirst()
                .orElse(null);
    }

    /** The key that an unknown spelling was probably meant to be; null when none is near. */
    static @Nullable Key near(String spelling) {
        String lower = spelling.toLowerCase(Locale.ROOT);
        Key best = null;
        int limit = Math.max(2, lower.length() / 3);
        for (Key key : values()) {
            int distance = EditDistance.of(lower, key.spelling.toLowerCase(Locale.ROOT));
            if (distance <= limit) {
                best = key;
                limit = distance - 1;
            }
        }
        return best;
    }
}
