package io.culvert.server.exit.policy;

import java.util.Locale;

/** What a flow speaks, as rules name it. */
public enum Protocol {
    TCP,
    UDP,
    /** Echo, of either family; it has no ports. */
    ICMP;

    /** As the file spells it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
