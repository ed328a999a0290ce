package io.culvert.client.proxy.forward;

import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.forward.Forward.Local;
import io.culvert.client.proxy.forward.Forward.Remote;
import io.culvert.client.proxy.forward.Forward.Side;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.ip.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** The parser of one forward; used once, by one thread. */
final class ForwardText {
    private static final String UDP = "/udp";
    private static final String TCP = "/tcp";
    private static final int LAST_PORT = 65_535;
    private static final String ANY_IPV4 = "0.0.0.0";
    private static final String LOOPBACK = "127.0.0.1";

    private final Side side;
    private final String text;
    private final boolean isUdp;
    private final List<String> fields;

    ForwardText(Side side, String text) {
        this.side = side;
        this.text = text;
        this.isUdp = text.endsWith(UDP);
        boolean hasSuffix = isUdp || text.endsWith(TCP);
        String body = hasSuffix ? text.substring(0, text.length() - UDP.length()) : text;
        this.fields = split(body);
    }

    /** At colons that stand outside brackets; what is bracketed loses its brackets. */
    private List<String> split(String body) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        while (start <= body.length()) {
            boolean isBracketed = body.startsWith("[", start);
            int bracket = isBracketed ? body.indexOf(']', start) : start;
            if (bracket < 0) {
                throw wrong("']' is missing");
            }
            int colon = body.indexOf(':', bracket);
            int end = colon < 0 ? body.length() : colon;
            if (isBracketed && end != bracket + 1) {
                throw wrong("after ']' a ':' is expected");
            }
            parts.add(
                    isBracketed ? body.substring(start + 1, bracket) : body.substring(start, end));
            start = end + 1;
        }
        return parts;
    }

    Local local() {
        if (fields.getFirst().startsWith("/")) {
            return localSocket();
        }
        boolean hasAddress = fields.size() == 4;
        if (!hasAddress && fields.size() != 3) {
            boolean isPath = fields.getLast().startsWith("/");
            throw wrong(isPath ? "no path is reached through a tunnel" : "parts are missing");
        }
        int first = hasAddress ? 1 : 0;
        IpAddress ip = hasAddress ? listenIp(fields.getFirst()) : IpAddress.parse(LOOPBACK);
        LocalAddress at = new LocalAddress.Tcp(ip, port(fields.get(first)));
        return new Local(at, target(fields.get(first + 1), fields.get(first + 2)), isUdp);
    }

    private Local localSocket() {
        if (fields.size() != 3) {
            throw wrong("behind the path host:port is expected");
        }
        refuseUdpPath();
        LocalAddress at = socket(fields.getFirst());
        return new Local(at, target(fields.get(1), fields.get(2)), false);
    }

    Remote remote() {
        boolean isPath = fields.getLast().startsWith("/");
        int least = isPath ? 2 : 3;
        boolean hasAddress = fields.size() == least + 1;
        if (!hasAddress && fields.size() != least) {
            throw wrong("parts are missing, or too many");
        }
        int first = hasAddress ? 1 : 0;
        int port = port(fields.get(first));
        String spelled = hasAddress ? fields.getFirst() : LocalAddress.ANY;
        boolean isAny = spelled.isEmpty() || spelled.equals(LocalAddress.ANY);
        LocalAddress to = isPath ? localPath() : localTarget(first + 1);
        return new Remote(isAny ? null : insideIp(spelled), port, to, isUdp);
    }

    private LocalAddress localPath() {
        refuseUdpPath();
        return socket(fields.getLast());
    }

    private LocalAddress socket(String path) {
        try {
            return LocalAddress.unix(path);
        } catch (IllegalArgumentException e) {
            throw wrong("'" + path + "' is no path");
        }
    }

    private LocalAddress localTarget(int at) {
        String host = fields.get(at);
        int port = port(fields.get(at + 1));
        if (host.equals("localhost")) {
            return new LocalAddress.Tcp(IpAddress.parse(LOOPBACK), port);
        }
        try {
            return new LocalAddress.Tcp(IpAddress.parse(host), port);
        } catch (IllegalArgumentException e) {
            throw wrong(
                    "'"
                            + host
                            + "' is on this machine's side, where no name is asked for:"
                            + " its address is needed, or localhost");
        }
    }

    private void refuseUdpPath() {
        if (isUdp) {
            throw wrong("a Unix socket carries no datagrams");
        }
    }

    private Target target(String host, String digits) {
        Target target = Target.of(host, port(digits));
        if (target == null) {
            throw wrong("'" + host + "' is no host's name or address");
        }
        return target;
    }

    private IpAddress listenIp(String spelled) {
        if (spelled.isEmpty() || spelled.equals(LocalAddress.ANY)) {
            return IpAddress.parse(ANY_IPV4);
        }
        if (spelled.equals("localhost")) {
            return IpAddress.parse(LOOPBACK);
        }
        return insideIp(spelled);
    }

    private IpAddress insideIp(String spelled) {
        try {
            return IpAddress.parse(spelled);
        } catch (IllegalArgumentException e) {
            throw wrong("'" + spelled + "' is no address");
        }
    }

    private int port(String digits) {
        int port = Target.port(digits);
        if (port < 1 || port > LAST_PORT) {
            throw wrong("'" + digits + "' is no port");
        }
        return port;
    }

    private IllegalArgumentException wrong(String what) {
        String form =
                switch (side) {
                    case LOCAL -> "[address:]port:host:port, as in -L 8080:intranet:80";
                    case REMOTE -> "[address:]port:host:port, as in -R 8080:localhost:80";
                };
        return new IllegalArgumentException(
                side.option() + " " + text + ": " + what + "; write " + form);
    }
}
