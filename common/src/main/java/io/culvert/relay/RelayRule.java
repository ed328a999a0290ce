package io.culvert.relay;

import io.culvert.wire.MessageType;

/** Which datagrams a relay lets pass, and which of them go first. Immutable. */
public enum RelayRule {
    /** Messages of WireGuard: type and length are right (paper §5.4). */
    WIREGUARD,
    /** Anything that fits into a datagram. */
    ANY;

    /** Whether the datagram may pass. */
    public boolean admits(byte[] array, int offset, int length) {
        return this == ANY ? length > 0 : MessageType.of(array, offset, length) != null;
    }

    /**
     * Whether the datagram goes before those that wait: a handshake's, without which none of them
     * would be worth anything.
     */
    public boolean isUrgent(byte[] array, int offset, int length) {
        MessageType type = MessageType.of(array, offset, length);
        return type != null && type != MessageType.TRANSPORT;
    }
}
