package io.culvert.client.proxy.open;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.List;

/** Which addresses make no sense inside a tunnel, whoever asks. Stateless, thread-safe. */
final class Reach {
    /** This machine, links, groups and nobody: what a remote network cannot mean. */
    private static final List<IpPrefix> NOWHERE =
            List.of(
                    IpPrefix.parse("0.0.0.0/8"),
                    IpPrefix.parse("127.0.0.0/8"),
                    IpPrefix.parse("224.0.0.0/4"),
                    IpPrefix.parse("255.255.255.255/32"),
                    IpPrefix.parse("::/128"),
                    IpPrefix.parse("::1/128"),
                    IpPrefix.parse("ff00::/8"),
                    IpPrefix.parse("::ffff:0:0/96"));

    private Reach() {}

    /** Whether a flow may go there. */
    static boolean isInside(IpAddress address) {
        return NOWHERE.stream().noneMatch(prefix -> prefix.contains(address));
    }
}
