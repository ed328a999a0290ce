package io.culvert.server.exit.policy;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is closed unless a rule of the operator opens it, and that only by a prefix that lies
 * within: {@code allow: 0.0.0.0/0} means the Internet, not this machine. From the special-purpose
 * registries (RFC 6890) and what clouds answer at.
 */
enum Guard {
    /** Where clouds hand their machines secrets; before the ranges that some of them lie in. */
    METADATA(
            "169.254.169.254/32 169.254.170.2/32 169.254.169.253/32 100.100.100.200/32"
                    + " 168.63.129.16/32 192.0.0.192/32"
                    + " fd00:ec2::254/128 fd00:ec2::253/128 fd20:ce::254/128"),
    UNSPECIFIED("0.0.0.0/8 ::/128"),
    LOOPBACK("127.0.0.0/8 ::1/128"),
    LINK_LOCAL("169.254.0.0/16 fe80::/10 fec0::/10"),
    MULTICAST("224.0.0.0/4 ff00::/8"),
    RESERVED("240.0.0.0/4 192.0.0.0/24 100::/64 100:0:0:1::/64"),
    /** Addresses that are others in disguise: no network carries them, or none that is trusted. */
    DISGUISED("::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b:1::/48 2001::/32 2002::/16"),
    PRIVATE("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 198.18.0.0/15 fc00::/7");

    private static final List<Found> TABLE = table();

    private final String ranges;

    Guard(String ranges) {
        this.ranges = ranges;
    }

    private static List<Found> table() {
        List<Found> table = new ArrayList<>();
        for (Guard guard : values()) {
            for (String range : guard.ranges.split(" ", -1)) {
                table.add(new Found(guard, IpPrefix.parse(range)));
            }
        }
        return List.copyOf(table);
    }

    /** The range that the address lies in, where it is guarded; the first in the order above. */
    static @Nullable Found of(IpAddress address) {
        for (Found each : TABLE) {
            if (each.range.contains(address)) {
                return each;
            }
        }
        return null;
    }

    /** A guard and which of its ranges it is. */
    record Found(Guard guard, IpPrefix range) {}
}
