package io.culvert.client.proxy.socks;

import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.Target;
import io.culvert.ip.IpAddress;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An address as version 5 spells it (RFC 1928 §5). Immutable.
 *
 * <pre>
 *  ATYP 1: 4 bytes   ATYP 3: length, name   ATYP 4: 16 bytes   then PORT, 2 bytes
 * </pre>
 *
 * @param host an address, or whatever bytes were given for a name
 */
record SocksAddress(String host, int port) {
    static final int TYPE_IPV4 = 1;
    static final int TYPE_NAME = 3;
    static final int TYPE_IPV6 = 4;

    private static final int PORT_BYTES = 2;

    /** How many bytes the address has from its type on; 0 while that cannot be known. */
    static int length(ByteBuf in, int at) {
        if (in.writerIndex() - at < 2) {
            return 0;
        }
        return switch (in.getUnsignedByte(at)) {
            case TYPE_IPV4 -> 1 + 4 + PORT_BYTES;
            case TYPE_IPV6 -> 1 + 16 + PORT_BYTES;
            default -> 2 + in.getUnsignedByte(at + 1) + PORT_BYTES;
        };
    }

    /** Whether there is such a type. */
    static boolean isKnown(int type) {
        return type == TYPE_IPV4 || type == TYPE_NAME || type == TYPE_IPV6;
    }

    /** Reads an address that is there as a whole and of a known type. */
    static SocksAddress read(ByteBuf in) {
        int type = in.readUnsignedByte();
        int bytes = type == TYPE_IPV4 ? 4 : type == TYPE_IPV6 ? 16 : in.readUnsignedByte();
        byte[] spelled = new byte[bytes];
        in.readBytes(spelled);
        String host =
                type == TYPE_NAME
                        ? new String(spelled, StandardCharsets.ISO_8859_1)
                        : IpAddress.of(spelled).toString();
        return new SocksAddress(host, in.readUnsignedShort());
    }

    /** What it asks for; null when no flow can go there. */
    @Nullable Target target() {
        return Target.of(host, port);
    }

    /** Writes an address with its type. */
    static void write(ByteBuf out, InsideAddress address) {
        out.writeByte(address.ip().isIpv6() ? TYPE_IPV6 : TYPE_IPV4);
        out.writeBytes(address.ip().toBytes());
        out.writeShort(address.port());
    }
}
