package io.culvert.server.exit.policy;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.List;

/**
 * The IPv4 addresses that an IPv6 address may carry: who translates or tunnels would send there.
 * Thread-safe (stateless).
 */
final class Embedded {
    private static final List<IpPrefix> LAST_32 =
            List.of(
                    IpPrefix.parse("::/96"), // compatible, RFC 4291 §2.5.5.1
                    IpPrefix.parse("::ffff:0:0/96"), // mapped, §2.5.5.2
                    IpPrefix.parse("::ffff:0:0:0/96"), // translated, RFC 2765 §2.1
                    IpPrefix.parse("64:ff9b::/96")); // RFC 6052 §2.1
    private static final IpPrefix LOCAL_TRANSLATION = IpPrefix.parse("64:ff9b:1::/48"); // RFC 8215
    private static final IpPrefix SIX_TO_FOUR = IpPrefix.parse("2002::/16"); // RFC 3056
    private static final IpPrefix TEREDO = IpPrefix.parse("2001::/32"); // RFC 4380 §4
    private static final long ISATAP = 0x0000_5efe; // RFC 5214 §6.1, with or without the u bit
    private static final long U_BIT = 0x0200_0000;

    private Embedded() {}

    static List<IpAddress> of(IpAddress address) {
        if (!address.isIpv6()) {
            return List.of();
        }
        long high = address.high();
        long low = address.low();
        if (LAST_32.stream().anyMatch(prefix -> prefix.contains(address))) {
            return List.of(ipv4(low));
        }
        if (LOCAL_TRANSLATION.contains(address)) {
            // RFC 6052 §2.2: a prefix of 96 bits, or of 48 with the u octet in between
            return List.of(ipv4(low), ipv4(((high & 0xffff) << 16) | ((low >>> 40) & 0xffff)));
        }
        if (SIX_TO_FOUR.contains(address)) {
            return List.of(ipv4(high >>> 16));
        }
        if (TEREDO.contains(address)) {
            return List.of(ipv4(high), ipv4(~low));
        }
        if (((low >>> 32) & ~U_BIT) == ISATAP) {
            return List.of(ipv4(low));
        }
        return List.of();
    }

    private static IpAddress ipv4(long last32) {
        return new IpAddress(last32 << 32, 0, false);
    }
}
