package io.culvert.host;

import io.culvert.ip.IpPrefix;

/** The two address families, each with what the OS's programs call it. */
enum Family {
    IPV4("-4", "ip"),
    IPV6("-6", "ip6");

    private final String flag;
    private final String nftName;

    Family(String flag, String nftName) {
        this.flag = flag;
        this.nftName = nftName;
    }

    /** For ip(8). */
    String flag() {
        return flag;
    }

    /** For nft(8). */
    String nftName() {
        return nftName;
    }

    static Family of(IpPrefix prefix) {
        return prefix.isIpv6() ? IPV6 : IPV4;
    }
}
