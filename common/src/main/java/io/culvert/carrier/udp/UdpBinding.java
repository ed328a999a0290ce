package io.culvert.carrier.udp;

import java.net.InetAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a UDP socket is opened. Immutable.
 *
 * @param address the one address to listen on; null for all of both families
 * @param port the port; 0 for any that is free
 * @param fwmark what policy routing knows our own datagrams by (SO_MARK); 0 for none
 * @param openedAt the time now, which {@code show} tells as the carriers' begin
 */
public record UdpBinding(@Nullable InetAddress address, int port, int fwmark, Instant openedAt) {
    public UdpBinding {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + ": must be 0 to 65535");
        }
    }

    /** All addresses, no mark. */
    public static UdpBinding ofPort(int port, Instant openedAt) {
        return new UdpBinding(null, port, 0, openedAt);
    }
}
