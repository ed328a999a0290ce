package io.culvert.client.dial;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket upgrade (RFC 6455 §4): the text of the request, in the order in which a browser
 * sends it, and the judgement of the answer. Immutable; no I/O.
 */
final class Upgrade {
    private static final String USER_AGENT =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
                    + " Chrome/140.0.0.0 Safari/537.36";
    private static final int SWITCHING = 101;

    private final DialSettings settings;
    private final String key;

    Upgrade(DialSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.key = WebSocketKeys.make(random);
    }

    /** The request, head and empty line. */
    String request(@Nullable String token) throws DialFailure {
        StringBuilder text = new StringBuilder(512);
        text.append("GET ").append(settings.target()).append(" HTTP/1.1\r\n");
        header(text, "Host", settings.authority());
        header(text, "Connection", "Upgrade");
        header(text, "Pragma", "no-cache");
        header(text, "Cache-Control", "no-cache");
        header(text, "User-Agent", USER_AGENT);
        header(text, "Upgrade", "websocket");
        String scheme = settings.isSecure() ? "https://" : "http://";
        header(text, "Origin", scheme + settings.authority());
        header(text, "Sec-WebSocket-Version", "13");
        header(text, "Accept-Encoding", "gzip, deflate, br");
        header(text, "Accept-Language", "en-US,en;q=0.9");
        if (token != null) {
            header(text, "Authorization", "Bearer " + checked(token));
        }
        header(text, "Sec-WebSocket-Key", key);
        String subprotocol = Protocol.CULVERT_1.subprotocol();
        if (!settings.bare() && subprotocol != null) {
            header(text, "Sec-WebSocket-Protocol", subprotocol);
        }
        return text.append("\r\n").toString();
    }

    private static void header(StringBuilder text, String name, String value) {
        text.append(name).append(": ").append(value).append("\r\n");
    }

    /** RFC 6750 §2.1 allows less still; what matters is that no line can be smuggled in. */
    private static String checked(String token) throws DialFailure {
        boolean isSound = !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!isSound) {
            throw new DialFailure(
                    DialFailure.Stage.LOCAL,
                    "the token is empty or has blanks or control characters in it: a token file"
                            + " holds one line of visible characters");
        }
        return token;
    }

    /**
     * Judges the answer's head.
     *
     * @param head status line and headers, lines ended by CR LF, without the empty line
     * @return what the WebSocket speaks
     */
    Protocol accept(String head) throws DialFailure {
        List<String> lines = List.of(head.split("\r\n", -1));
        requireSwitching(lines.get(0));
        requireToken(lines, "Upgrade", "websocket");
        requireToken(lines, "Connection", "upgrade");
        List<String> accepts = values(lines, "Sec-WebSocket-Accept");
        if (accepts.size() != 1 || !WebSocketKeys.answers(accepts.get(0), key)) {
            throw refusal("its answer does not prove the upgrade (Sec-WebSocket-Accept)");
        }
        if (!values(lines, "Sec-WebSocket-Extensions").isEmpty()) {
            throw refusal("it chose an extension that was not offered");
        }
        return protocol(values(lines, "Sec-WebSocket-Protocol"));
    }

    private Protocol protocol(List<String> chosen) throws DialFailure {
        if (chosen.isEmpty()) {
            return Protocol.BARE;
        }
        boolean isOurs = chosen.equals(List.of("culvert.1"));
        if (settings.bare() || !isOurs) {
            throw refusal("it chose a subprotocol that was not offered");
        }
        return Protocol.CULVERT_1;
    }

    private static void requireSwitching(String statusLine) throws DialFailure {
        String[] parts = statusLine.split(" ", 3);
        boolean isHttp = parts.length >= 2 && parts[0].startsWith("HTTP/1.");
        if (!isHttp || !parts[1].matches("[1-9][0-9]{2}")) {
            throw refusal("it does not speak HTTP: is the port right?");
        }
        int status = Integer.parseInt(parts[1]);
        if (status != SWITCHING) {
            throw new DialFailure(
                    DialFailure.Stage.UPGRADE,
                    "the gateway answered " + status + ": " + meaning(status));
        }
    }

    private static String meaning(int status) {
        return switch (status / 100) {
            case 3 -> "it redirects; put the URL it leads to after WebSocket =";
            case 5 -> "the reverse proxy in front does not reach the gateway; is it running?";
            default ->
                    status == 407
                            ? "a proxy stands in between and wants a login"
                            : status == 429
                                    ? "too many attempts; it wants them slower"
                                    : "wrong path, key or token";
        };
    }

    private static void requireToken(List<String> lines, String name, String wanted)
            throws DialFailure {
        for (String value : values(lines, name)) {
            for (String token : value.split(",", -1)) {
                if (token.strip().equalsIgnoreCase(wanted)) {
                    return;
                }
            }
        }
        throw refusal("its 101 lacks '" + name + ": " + wanted + "'");
    }

    private static List<String> values(List<String> lines, String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        List<String> values = new ArrayList<>();
        for (String line : lines) {
            if (line.regionMatches(true, 0, prefix, 0, prefix.length())) {
                values.add(line.substring(prefix.length()).strip());
            }
        }
        return values;
    }

    private static DialFailure refusal(String reason) {
        return new DialFailure(
                DialFailure.Stage.UPGRADE, "what answers at the URL is no gateway: " + reason);
    }
}
