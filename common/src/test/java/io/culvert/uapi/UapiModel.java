package io.culvert.uapi;

import io.culvert.crypto.PrivateKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an interface is after each line of a set, told from WireGuard's cross-platform document
 * alone: the second opinion of {@link UapiFuzz}. Confined to the test.
 */
final class UapiModel {
    static final int BUSY_PORT = 77;

    /** Spellings of prefixes and what they come to; {@code bad} for what is none. */
    static final Map<String, String> PREFIXES =
            Map.of(
                    "10.0.0.0/24", "10.0.0.0/24",
                    "10.0.0.9/24", "10.0.0.0/24",
                    "10.0.0.9/32", "10.0.0.9/32",
                    "0.0.0.0/0", "0.0.0.0/0",
                    "fd00::/8", "fd00::/8",
                    "fd00::1/128", "fd00::1/128",
                    "10.0.0.0/33", "bad",
                    "ten/8", "bad",
                    "fd00::/129", "bad",
                    "", "bad");

    /** Spellings of endpoints and what they come to. */
    static final Map<String, String> ENDPOINTS =
            Map.of(
                    "192.0.2.1:51820", "192.0.2.1:51820",
                    "192.0.2.2:1", "192.0.2.2:1",
                    "[2001:db8::1]:7", "[2001:db8:0:0:0:0:0:1]:7",
                    "192.0.2.1", "bad",
                    "192.0.2.1:65536", "bad",
                    "example.com:51820", "bad",
                    "[::1:5", "bad",
                    "", "bad");

    private static final String NO_KEY = "0".repeat(64);
    private static final String HEX_KEY = "[0-9a-fA-F]{64}";

    final Map<String, Peer> peers = new TreeMap<>();
    private final Map<String, String> owners = new LinkedHashMap<>();
    private @Nullable String privateKey;
    private @Nullable String publicKey;
    private long port;
    private long mark;

    // of the set under way
    private boolean isAboutPeers;
    private boolean isNew;
    private @Nullable String about;

    /** One peer. */
    static final class Peer {
        String psk = NO_KEY;
        String endpoint = "none";
        long keepalive;
    }

    void beginSet() {
        isAboutPeers = false;
        about = null;
    }

    /** Does the line, and answers 0; or changes nothing and answers the number of the fault. */
    int line(String line) {
        int equals = line.indexOf('=');
        if (equals < 1) {
            return -71;
        }
        String key = line.substring(0, equals);
        String value = line.substring(equals + 1);
        if (key.equals("public_key")) {
            return value.matches(HEX_KEY) ? begin(value.toLowerCase(java.util.Locale.ROOT)) : -22;
        }
        return isAboutPeers ? ofPeer(key, value) : ofInterface(key, value);
    }

    private int begin(String key) {
        isAboutPeers = true;
        isNew = !peers.containsKey(key);
        about = key.equals(publicKey) ? null : key;
        if (about != null) {
            peers.computeIfAbsent(key, ignored -> new Peer());
        }
        return 0;
    }

    private int ofInterface(String key, String value) {
        return switch (key) {
            case "private_key" -> privateKey(value);
            case "listen_port" -> port(number(value, 65_535));
            case "fwmark" -> mark(number(value, 0xffff_ffffL));
            case "replace_peers" -> replacePeers(value);
            default -> -22;
        };
    }

    private int port(long number) {
        if (number == BUSY_PORT) {
            return -98;
        }
        port = number < 0 ? port : number;
        return number < 0 ? -22 : 0;
    }

    private int mark(long number) {
        mark = number < 0 ? mark : number;
        return number < 0 ? -22 : 0;
    }

    private int replacePeers(String value) {
        if (!value.equals("true")) {
            return -22;
        }
        peers.clear();
        owners.clear();
        return 0;
    }

    private int privateKey(String hex) {
        if (!hex.matches(HEX_KEY)) {
            return -22;
        }
        if (hex.equals(NO_KEY)) {
            privateKey = null;
            publicKey = null;
            return 0;
        }
        PrivateKey key = PrivateKey.parseHex(hex);
        privateKey = key.toHex();
        publicKey = key.publicKey().toHex();
        remove(publicKey);
        return 0;
    }

    private int ofPeer(String key, String value) {
        boolean isRight =
                switch (key) {
                    case "update_only", "remove", "replace_allowed_ips" -> value.equals("true");
                    case "preshared_key" -> value.matches(HEX_KEY);
                    case "endpoint" -> !ENDPOINTS.getOrDefault(value, "bad").equals("bad");
                    case "persistent_keepalive_interval" -> number(value, 65_535) >= 0;
                    case "allowed_ip" -> !prefix(value).equals("bad");
                    case "protocol_version" -> value.equals("1");
                    default -> false;
                };
        if (isRight && about != null) {
            change(about, peers.getOrDefault(about, new Peer()), key, value);
        }
        return isRight ? 0 : -22;
    }

    private void change(String name, Peer peer, String key, String value) {
        switch (key) {
            case "update_only" -> {
                if (isNew) {
                    remove(name);
                    about = null;
                }
            }
            case "remove" -> {
                remove(name);
                about = null;
            }
            case "replace_allowed_ips" -> owners.values().removeIf(name::equals);
            case "preshared_key" -> peer.psk = value.toLowerCase(java.util.Locale.ROOT);
            case "endpoint" -> peer.endpoint = ENDPOINTS.getOrDefault(value, "none");
            case "persistent_keepalive_interval" -> peer.keepalive = number(value, 65_535);
            case "allowed_ip" -> {
                if (!value.startsWith("-")) {
                    owners.put(prefix(value), name);
                } else if (name.equals(owners.get(prefix(value)))) {
                    owners.remove(prefix(value));
                }
            }
            default -> {}
        }
    }

    private static String prefix(String value) {
        boolean isSigned = value.startsWith("-") || value.startsWith("+");
        return PREFIXES.getOrDefault(isSigned ? value.substring(1) : value, "bad");
    }

    private void remove(String key) {
        peers.remove(key);
        owners.values().removeIf(key::equals);
    }

    private static long number(String text, long most) {
        boolean isNumber = text.matches("[0-9]{1,10}");
        return isNumber && Long.parseLong(text) <= most ? Long.parseLong(text) : -1;
    }

    /** The state in one canonical text. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(privateKey).append(' ').append(port).append(' ').append(mark).append('\n');
        peers.forEach((key, peer) -> {
            TreeSet<String> prefixes = new TreeSet<>(owners.keySet());
            prefixes.removeIf(prefix -> !key.equals(owners.get(prefix)));
            text.append(key).append(' ').append(peer.psk).append(' ').append(peer.endpoint);
            text.append(' ').append(peer.keepalive).append(' ').append(prefixes).append('\n');
        });
        return text.toString();
    }
}
