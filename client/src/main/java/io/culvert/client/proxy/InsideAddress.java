package io.culvert.client.proxy;

import io.culvert.ip.IpAddress;

/**
 * An address and a port inside the tunnel. Immutable.
 *
 * @param port from 0 (a datagram may come from there) to 65535
 */
public record InsideAddress(IpAddress ip, int port) {
    private static final int LAST_PORT = 65_535;

    /** Refuses a port that does not exist. */
    public InsideAddress {
        if (port < 0 || port > LAST_PORT) {
            throw new IllegalArgumentException(port + " is no port");
        }
    }

    @Override
    public String toString() {
        return (ip.isIpv6() ? "[" + ip + "]" : ip.toString()) + ":" + port;
    }
}
