package io.culvert.carrier;

import io.culvert.bytes.BigEndian;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * The far end of a carrier, as people and as the engine's limits know it. Stateless, thread-safe.
 */
public final class RemoteAddress {
    private RemoteAddress() {}

    /** {@code 192.0.2.1:443} or {@code [2001:db8::1]:443}; the address must be resolved. */
    public static String text(InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        String text = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + remote.getPort();
    }

    /** Address and port, big-endian: 6 or 18 bytes ({@link Carrier#source}). */
    public static byte[] source(InetSocketAddress remote) {
        byte[] address = remote.getAddress().getAddress();
        byte[] source = Arrays.copyOf(address, address.length + Short.BYTES);
        BigEndian.putShort(source, address.length, remote.getPort());
        return source;
    }
}
