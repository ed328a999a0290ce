package io.culvert.netstack;

import io.culvert.ip.IpAddress;

/**
 * An address and a port, one end of a flow. Immutable.
 *
 * @param address the address
 * @param port from 0 to 65535; 0 where there is none to speak of
 */
public record Endpoint(IpAddress address, int port) {
    private static final int LAST_PORT = 0xffff;

    /** Refuses what is no port. */
    public Endpoint {
        if (port < 0 || port > LAST_PORT) {
            throw new IllegalArgumentException(port + " is no port");
        }
    }

    /** As URLs have it: an IPv6 address stands in brackets. */
    @Override
    public String toString() {
        return address.isIpv6() ? "[" + address + "]:" + port : address + ":" + port;
    }
}
