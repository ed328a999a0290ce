package io.culvert.server.exit;

import io.culvert.ip.IpAddress;
import io.culvert.netstack.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The name servers that peers' questions go to, in the order in which they are tried. Immutable.
 */
public record Resolvers(List<Endpoint> servers) {
    private static final Path SYSTEM_FILE = Path.of("/etc/resolv.conf");
    private static final int PORT = 53;
    private static final int MOST = 3; // as resolv.conf(5) has it

    /** Copies the list. */
    public Resolvers {
        servers = List.copyOf(servers);
    }

    /** These addresses, on the usual port. */
    public static Resolvers of(List<IpAddress> addresses) {
        return new Resolvers(
                addresses.stream().map(address -> new Endpoint(address, PORT)).toList());
    }

    /** This machine's own; none where it names none. */
    public static Resolvers ofSystem() {
        try {
            return parse(Files.readString(SYSTEM_FILE));
        } catch (IOException ignored) { // then there are none
            return of(List.of());
        }
    }

    /** Those that the text of a resolv.conf names; what is no address is passed over. */
    static Resolvers parse(String text) {
        List<IpAddress> found = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            boolean isServer = words.length >= 2 && words[0].equals("nameserver");
            if (isServer && found.size() < MOST) {
                add(words[1], found);
            }
        }
        return of(found);
    }

    private static void add(String text, List<IpAddress> found) {
        try {
            found.add(IpAddress.parse(text));
        } catch (IllegalArgumentException ignored) {
            // one with a zone, or none at all
        }
    }
}
