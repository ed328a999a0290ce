package io.culvert.netstack;

import io.culvert.ip.IpPacket;
import io.culvert.ip.TcpHeader;
import io.culvert.netstack.tcp.TcpOptions;

/**
 * A TCP segment that came in. Reused from segment to segment; the array is borrowed. Confined to
 * the stack's thread.
 */
final class Segment {
    final TcpOptions options = new TcpOptions();
    private byte[] array = {};
    private int flags;
    private int sequence;
    private int acknowledgment;
    private int window;
    private int data;
    private int dataLength;

    /** Reads the packet's TCP header; false when it is malformed or its checksum is wrong. */
    boolean read(Inbound packet) {
        array = packet.array();
        int header = packet.transport();
        if (packet.transportLength() < TcpHeader.LENGTH) {
            return false;
        }
        int headerLength = TcpHeader.headerLength(array, header);
        boolean isValid =
                headerLength >= TcpHeader.LENGTH
                        && headerLength <= packet.transportLength()
                        && packet.isChecksumValid(IpPacket.TCP);
        if (!isValid) {
            return false;
        }
        flags = TcpHeader.flags(array, header);
        sequence = TcpHeader.sequence(array, header);
        acknowledgment = TcpHeader.acknowledgment(array, header);
        window = TcpHeader.window(array, header);
        data = header + headerLength;
        dataLength = packet.transportLength() - headerLength;
        options.read(array, header + TcpHeader.LENGTH, data);
        return true;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    int sequence() {
        return sequence;
    }

    int acknowledgment() {
        return acknowledgment;
    }

    /** The window as it stands, not scaled. */
    int window() {
        return window;
    }

    byte[] array() {
        return array;
    }

    /** Where the data begins. */
    int data() {
        return data;
    }

    int dataLength() {
        return dataLength;
    }

    /** Sequence numbers that it takes: data, SYN and FIN. */
    int length() {
        return dataLength + (has(TcpHeader.SYN) ? 1 : 0) + (has(TcpHeader.FIN) ? 1 : 0);
    }

    /** Takes the SYN off, when its number was taken before. */
    void dropSyn() {
        flags &= ~TcpHeader.SYN;
        sequence++;
    }
}
