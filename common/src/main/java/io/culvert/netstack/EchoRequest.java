package io.culvert.netstack;

import io.culvert.ip.IpAddress;

/**
 * An ICMP echo request for an address that is not the stack's own. The stack holds nothing of it.
 * Confined to the stack's thread.
 */
public final class EchoRequest {
    private final Icmp icmp;
    private final Inbound packet = new Inbound();

    EchoRequest(Icmp icmp, byte[] copy) {
        this.icmp = icmp;
        if (!packet.readHeaders(copy, 0, copy.length)) {
            throw new IllegalStateException("a packet that was valid before");
        }
    }

    /** The address that is asked for. */
    public IpAddress destination() {
        return packet.destination();
    }

    /** Who asks. */
    public IpAddress source() {
        return packet.source();
    }

    /** Bytes that the reply repeats. */
    public int payloadLength() {
        return packet.transportLength() - IcmpLayout.LENGTH;
    }

    /** Copies those bytes to {@code dest} from {@code offset} on. */
    public void copyPayload(byte[] dest, int offset) {
        int from = packet.transport() + IcmpLayout.LENGTH;
        System.arraycopy(packet.array(), from, dest, offset, payloadLength());
    }

    /** Answers that the address does answer. */
    public void reply() {
        icmp.reply(packet);
    }

    /** Answers why the address cannot be reached. */
    public void refuse(Unreached cause) {
        icmp.context().errors.send(packet, cause);
    }
}
