package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.ip.Checksum;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.ip.Ipv4Header;
import io.culvert.ip.Ipv6Header;
import io.culvert.ip.PacketView;
import io.culvert.ip.VirtioHeader;

/**
 * An IP packet that came in: where its parts are, and its ends. Reused from packet to packet; the
 * array is borrowed. Confined to one thread.
 */
final class Inbound {
    private static final byte[] NOTHING = {};
    private static final int PORTS_LENGTH = 4;

    private final PacketView view = new PacketView();
    private byte[] array = NOTHING;
    private int offset;
    private boolean isChecked;
    private int gsoSize; // 0: one ordinary packet
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int sourcePort;
    private int destinationPort;

    /** Reads a packet with the virtio-net header before it; false when it is not a valid one. */
    boolean read(byte[] packet, int at, int length) {
        if (!readHeaders(packet, at, length)) {
            return false;
        }
        int flags = VirtioHeader.flags(packet, at);
        isChecked = (flags & (VirtioHeader.NEEDS_CSUM | VirtioHeader.DATA_VALID)) != 0;
        boolean isSuper = VirtioHeader.gsoType(packet, at) != VirtioHeader.GSO_NONE;
        gsoSize = isSuper ? VirtioHeader.gsoSize(packet, at) : 0;
        return isChecked || view.isIpv6() || Ipv4Header.isChecksumValid(packet, at);
    }

    /** Reads a packet that has no virtio-net header, and whose checksums do not matter. */
    boolean readHeaders(byte[] packet, int at, int length) {
        array = packet;
        offset = at;
        isChecked = true;
        gsoSize = 0;
        if (!view.read(packet, at, length)) {
            return false;
        }
        readEnds();
        return true;
    }

    /**
     * Reads the beginning of one of our packets, which an ICMP error quotes, as if it had come from
     * its destination.
     */
    boolean readQuote(byte[] packet, int at, int length) {
        array = packet;
        offset = at;
        if (!view.readBeginning(packet, at, length)) {
            return false;
        }
        readEnds();
        long high = sourceHigh;
        long low = sourceLow;
        int port = sourcePort;
        sourceHigh = destinationHigh;
        sourceLow = destinationLow;
        sourcePort = destinationPort;
        destinationHigh = high;
        destinationLow = low;
        destinationPort = port;
        return true;
    }

    private void readEnds() {
        if (view.isIpv6()) {
            sourceHigh = BigEndian.getLong(array, offset + Ipv6Header.SOURCE);
            sourceLow = BigEndian.getLong(array, offset + Ipv6Header.SOURCE + 8);
            destinationHigh = BigEndian.getLong(array, offset + Ipv6Header.DESTINATION);
            destinationLow = BigEndian.getLong(array, offset + Ipv6Header.DESTINATION + 8);
        } else {
            sourceHigh = (long) BigEndian.getInt(array, offset + Ipv4Header.SOURCE) << 32;
            destinationHigh = (long) BigEndian.getInt(array, offset + Ipv4Header.DESTINATION) << 32;
            sourceLow = 0;
            destinationLow = 0;
        }
        boolean hasPorts =
                (view.protocol() == IpPacket.TCP || view.protocol() == IpPacket.UDP)
                        && view.transportLength() >= PORTS_LENGTH;
        sourcePort = hasPorts ? BigEndian.getShort(array, transport()) : 0;
        destinationPort = hasPorts ? BigEndian.getShort(array, transport() + 2) : 0;
    }

    byte[] array() {
        return array;
    }

    /** Where the packet begins. */
    int offset() {
        return offset;
    }

    /** The packet's length by its own account. */
    int length() {
        return view.totalLength();
    }

    /** Where the transport header begins. */
    int transport() {
        return offset + view.transport();
    }

    /** Length from the transport header to the packet's end. */
    int transportLength() {
        return view.transportLength();
    }

    int protocol() {
        return view.protocol();
    }

    boolean isIpv6() {
        return view.isIpv6();
    }

    boolean isFragment() {
        return view.isFragment();
    }

    /** Whether there are neither IP options nor extension headers. */
    boolean isPlain() {
        return view.isPlain();
    }

    /** The size of the segments that this was made of; 0 for an ordinary packet. */
    int gsoSize() {
        return gsoSize;
    }

    long sourceHigh() {
        return sourceHigh;
    }

    long sourceLow() {
        return sourceLow;
    }

    long destinationHigh() {
        return destinationHigh;
    }

    long destinationLow() {
        return destinationLow;
    }

    int sourcePort() {
        return sourcePort;
    }

    int destinationPort() {
        return destinationPort;
    }

    IpAddress source() {
        return new IpAddress(sourceHigh, sourceLow, isIpv6());
    }

    IpAddress destination() {
        return new IpAddress(destinationHigh, destinationLow, isIpv6());
    }

    /** The key of its flow: what it is addressed to is this side's end. */
    FlowKey key() {
        return new FlowKey(
                new Endpoint(destination(), destinationPort), new Endpoint(source(), sourcePort));
    }

    /** Whether it is of the flow between these ends. */
    boolean isOf(FlowKey key) {
        IpAddress local = key.local().address();
        IpAddress remote = key.remote().address();
        return key.remote().port() == sourcePort
                && key.local().port() == destinationPort
                && remote.high() == sourceHigh
                && remote.low() == sourceLow
                && local.high() == destinationHigh
                && local.low() == destinationLow
                && local.isIpv6() == isIpv6();
    }

    /** Whether the transport checksum is right, or was verified before. */
    boolean isChecksumValid(int protocol) {
        if (isChecked) {
            return true;
        }
        int length = transportLength();
        long sum = Checksum.add(0, array, transport(), length);
        if (protocol != IcmpLayout.ICMP) {
            sum += Checksum.pseudoHeader(array, offset, protocol, length);
        }
        return Checksum.fold(sum) == 0xffff;
    }

    /** The transport checksum is to be verified all the same. */
    void distrust() {
        isChecked = false;
    }

    /** Neither end is multicast, broadcast, loopback or unspecified. */
    boolean isBetweenHosts() {
        return isHost(sourceHigh, sourceLow) && isHost(destinationHigh, destinationLow);
    }

    private boolean isHost(long high, long low) {
        if (isIpv6()) {
            return high >>> 56 != 0xff && (high != 0 || low >>> 1 != 0);
        }
        int first = (int) (high >>> 56);
        return first != 0 && first != 127 && first < 224;
    }
}
