package io.culvert.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/** Everything in a namespace that a tunnel may touch and must put back. Immutable. */
public record HostState(
        String rules,
        String routes,
        String firewall,
        String links,
        String sysctls,
        String resolver) {

    /** What stands in {@code where} now. */
    public static HostState of(Namespace where) {
        try {
            return new HostState(
                    where.sh("ip rule; ip -6 rule"),
                    where.sh("ip route show table all; ip -6 route show table all"),
                    where.sh("nft list ruleset"),
                    where.sh("ip -br addr | sort"),
                    where.sh(
                            """
                            sysctl -a 2>/dev/null | sort \
                              | grep -E 'forward|rp_filter|src_valid_mark|accept_ra ' \
                              | grep -E '(all|default|lo|[cgw][01])\\.|ip_forward'
                            """),
                    Files.readString(where.resolvConf()) + where.sh("cat /etc/resolv.conf"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
