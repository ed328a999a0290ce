package io.culvert.ip;

import io.culvert.bytes.BigEndian;

/**
 * The ICMP errors by which a router says that nothing leads to a packet's destination: "host
 * unreachable" (RFC 792) and "address unreachable" (RFC 4443 §3.1), as Linux's WireGuard sends
 * them; or others of their kind. Confined to one thread.
 *
 * <p>They come from the destination itself: the one address of which it is certain that the sender
 * looks for it on this interface, so that no filter of reverse paths drops them.
 *
 * <pre>
 * IP header 20 or 40 | type | code | checksum | unused 4 | the packet, or its beginning
 * </pre>
 */
public final class Unreachable {
    /** The longest error: the least MTU of IPv6 (RFC 4443 §2.4 (c)). */
    public static final int MAX_LENGTH = 1280;

    /** What every IPv4 host can put together again (RFC 1812 §4.3.2.3). */
    private static final int MAX_IPV4_LENGTH = 576;

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int ICMP_HEADER = 8;
    private static final int HOPS = 64;

    /** Precedence "internetwork control" (RFC 1812 §4.3.2.5). */
    private static final int CONTROL = 0xc0;

    /** The greatest type of ICMP that is no experiment; those beyond may be errors. */
    private static final int LAST_KNOWN_TYPE = 18;

    private static final int FRAGMENT_HEADER = 8;

    private static final int UNREACHABLE = 3;
    private static final int UNREACHABLE_6 = 1;
    private static final int HOST = 1;
    private static final int ADDRESS_6 = 3;

    private final PacketView view = new PacketView();
    private final int code;
    private final int codeIpv6;

    /** Says that nothing leads to the host or address. */
    public Unreachable() {
        this(HOST, ADDRESS_6);
    }

    /** Says what these codes of "destination unreachable" do: in ICMP, and in ICMPv6. */
    public Unreachable(int code, int codeIpv6) {
        this.code = code;
        this.codeIpv6 = codeIpv6;
    }

    /**
     * Writes the error about a packet.
     *
     * @param dest has {@link #MAX_LENGTH} bytes from {@code destOffset} on
     * @return its length; 0 when there must be no answer to this packet
     */
    public int answer(byte[] array, int offset, int length, byte[] dest, int destOffset) {
        if (!view.read(array, offset, length)) {
            return 0;
        }
        return view.isIpv6()
                ? answerIpv6(array, offset, dest, destOffset)
                : answerIpv4(array, offset, dest, destOffset);
    }

    /** RFC 1812 §4.3.2.7. */
    private int answerIpv4(byte[] array, int offset, byte[] dest, int at) {
        int source = BigEndian.getInt(array, offset + Ipv4Header.SOURCE);
        int destination = BigEndian.getInt(array, offset + Ipv4Header.DESTINATION);
        boolean isLaterFragment = (Ipv4Header.fragmentField(array, offset) & 0x1fff) != 0;
        if (!isHost(source) || !isHost(destination) || isLaterFragment) {
            return 0;
        }
        if (view.protocol() == ICMP && !isIcmpQuery(array, offset + view.transport())) {
            return 0;
        }
        int header = Ipv4Header.LENGTH + ICMP_HEADER;
        int quoted = Math.min(view.totalLength(), MAX_IPV4_LENGTH - header);
        System.arraycopy(array, offset, dest, at + header, quoted);
        BigEndian.putShort(dest, at, 0x4500 | CONTROL);
        Ipv4Header.putTotalLength(dest, at, header + quoted);
        BigEndian.putInt(dest, at + 4, Ipv4Header.DONT_FRAGMENT);
        BigEndian.putShort(dest, at + 8, HOPS << 8 | ICMP);
        BigEndian.putInt(dest, at + Ipv4Header.SOURCE, destination);
        BigEndian.putInt(dest, at + Ipv4Header.DESTINATION, source);
        Ipv4Header.fixChecksum(dest, at);
        putIcmp(dest, at + Ipv4Header.LENGTH, UNREACHABLE, code);
        int icmp = at + Ipv4Header.LENGTH;
        long sum = Checksum.add(0, dest, icmp, ICMP_HEADER + quoted);
        BigEndian.putShort(dest, icmp + 2, Checksum.finish(sum));
        return header + quoted;
    }

    /** One host's address: not of "this network", loopback, multicast, reserved, broadcast. */
    private static boolean isHost(int address) {
        int first = address >>> 24;
        return first != 0 && first != 127 && first < 224;
    }

    /** A question or its answer, and no error. */
    private boolean isIcmpQuery(byte[] array, int icmp) {
        if (view.transportLength() < ICMP_HEADER) {
            return false;
        }
        int type = array[icmp] & 0xff;
        return switch (type) {
            case 3, 4, 5, 11, 12 -> false;
            default -> type <= LAST_KNOWN_TYPE;
        };
    }

    /** RFC 4443 §2.4 (e). */
    private int answerIpv6(byte[] array, int offset, byte[] dest, int at) {
        boolean isBetweenHosts =
                isIpv6Host(array, offset + Ipv6Header.SOURCE)
                        && isIpv6Host(array, offset + Ipv6Header.DESTINATION);
        if (!isBetweenHosts || !mayAnswerPayload(array, offset)) {
            return 0;
        }
        int header = Ipv6Header.LENGTH + ICMP_HEADER;
        int quoted = Math.min(view.totalLength(), MAX_LENGTH - header);
        System.arraycopy(array, offset, dest, at + header, quoted);
        BigEndian.putInt(dest, at, 6 << 28);
        Ipv6Header.putPayloadLength(dest, at, ICMP_HEADER + quoted);
        BigEndian.putShort(dest, at + 6, ICMPV6 << 8 | HOPS);
        System.arraycopy(array, offset + Ipv6Header.DESTINATION, dest, at + Ipv6Header.SOURCE, 16);
        System.arraycopy(array, offset + Ipv6Header.SOURCE, dest, at + Ipv6Header.DESTINATION, 16);
        int icmp = at + Ipv6Header.LENGTH;
        putIcmp(dest, icmp, UNREACHABLE_6, codeIpv6);
        long sum = Checksum.pseudoHeader(dest, at, ICMPV6, ICMP_HEADER + quoted);
        sum = Checksum.add(sum, dest, icmp, ICMP_HEADER + quoted);
        BigEndian.putShort(dest, icmp + 2, Checksum.finish(sum));
        return header + quoted;
    }

    /** Neither unspecified, nor loopback, nor multicast. */
    private static boolean isIpv6Host(byte[] array, int at) {
        long high = BigEndian.getLong(array, at);
        long low = BigEndian.getLong(array, at + 8);
        return (array[at] & 0xff) != 0xff && (high != 0 || low >>> 1 != 0);
    }

    private boolean mayAnswerPayload(byte[] array, int offset) {
        int protocol = view.protocol();
        int at = offset + view.transport();
        int left = view.transportLength();
        if (view.isFragment()) {
            boolean isFirst =
                    left >= FRAGMENT_HEADER && (BigEndian.getShort(array, at + 2) >> 3) == 0;
            if (!isFirst) {
                return false;
            }
            protocol = array[at] & 0xff;
            at += FRAGMENT_HEADER;
            left -= FRAGMENT_HEADER;
        }
        if (protocol != ICMPV6) {
            return true;
        }
        int type = left >= ICMP_HEADER ? array[at] & 0xff : 0;
        return type >= 128 && type != 137; // no error, no redirect
    }

    private static void putIcmp(byte[] dest, int icmp, int type, int code) {
        BigEndian.putShort(dest, icmp, type << 8 | code);
        BigEndian.putShort(dest, icmp + 2, 0);
        BigEndian.putInt(dest, icmp + 4, 0);
    }
}
