package io.culvert.tun.linux;

/** Which super-packets a device may exchange with us (TUN_F_… of linux/if_tun.h). */
public enum Offloads {
    /** Single packets with complete checksums only. */
    NONE(0),
    /** Partial checksums and TCP super-packets. */
    TCP(1 | 2 | 4),
    /** Partial checksums, TCP and UDP super-packets (Linux 6.2 and later). */
    TCP_AND_UDP(1 | 2 | 4 | 0x20 | 0x40);

    private final int features;

    Offloads(int features) {
        this.features = features;
    }

    int features() {
        return features;
    }

    /**
     * What is asked for first: all, unless this JVM was told otherwise by {@code
     * -Dculvert.tunOffloads=none} (or {@code tcp}), for a kernel whose offloads are at fault and
     * for tests.
     */
    static Offloads wanted() {
        return switch (System.getProperty("culvert.tunOffloads", "")) {
            case "none" -> NONE;
            case "tcp" -> TCP;
            default -> TCP_AND_UDP;
        };
    }

    /** What to try when the kernel refuses this. */
    Offloads less() {
        return this == TCP_AND_UDP ? TCP : NONE;
    }
}
