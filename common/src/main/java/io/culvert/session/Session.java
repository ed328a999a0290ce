package io.culvert.session;

import io.culvert.bytes.LittleEndian;
import io.culvert.crypto.Aead;
import io.culvert.wire.Transport;

/**
 * A key pair at work (paper §5.4.6, §6.2): seals what goes out, opens what comes in, once each.
 * Confined to the engine, which destroys it.
 */
public final class Session {
    /** REKEY-AFTER-MESSAGES: past this many a new handshake is begun. */
    public static final long REKEY_AFTER_MESSAGES = 1L << 60;

    /** REJECT-AFTER-MESSAGES, unsigned: 2^64 − 2^13 − 1. */
    public static final long REJECT_AFTER_MESSAGES = -(1L << 13) - 1;

    /** REKEY-AFTER-TIME: an initiator begins a new handshake when it sends after this. */
    public static final long REKEY_AFTER_NS = 120_000_000_000L;

    /** REJECT-AFTER-TIME: nothing is sealed or opened after this. */
    public static final long REJECT_AFTER_NS = 180_000_000_000L;

    /** What {@link #open} answers for a message that does not open. */
    public static final int REFUSED = -1;

    /** What {@link #open} answers for a counter that was seen or is too old. */
    public static final int REPLAYED = -2;

    private final Indices indices;
    private final boolean initiator;
    private final long createdNs;
    private final Aead sending;
    private final Aead receiving;
    private final ReplayWindow window = new ReplayWindow();
    private long nextCounter;
    private boolean openedNewest;
    private boolean retired;
    private boolean destroyed;

    /**
     * The names of the key pair at both ends.
     *
     * @param local what the peer puts on messages to us
     * @param remote what we put on messages to the peer
     */
    public record Indices(int local, int remote) {}

    public Session(
            Indices indices, boolean initiator, long createdNs, Aead sending, Aead receiving) {
        this.indices = indices;
        this.initiator = initiator;
        this.createdNs = createdNs;
        this.sending = sending;
        this.receiving = receiving;
    }

    /** The index that the peer names this key pair by. */
    public int localIndex() {
        return indices.local();
    }

    /** Whether this end began the handshake: only the initiator renews keys by age. */
    public boolean isInitiator() {
        return initiator;
    }

    /** The key pair's age. */
    public long ageNs(long nowNs) {
        return nowNs - createdNs;
    }

    /** Whether the key pair may no longer be used in either direction. */
    public boolean isExpired(long nowNs) {
        return destroyed || ageNs(nowNs) >= REJECT_AFTER_NS;
    }

    /** Whether {@link #seal} may be called. */
    public boolean canSeal(long nowNs) {
        return !retired
                && !isExpired(nowNs)
                && Long.compareUnsigned(nextCounter, REJECT_AFTER_MESSAGES) < 0;
    }

    /** Whether the sender should renew the keys now (paper §6.2). */
    public boolean wantsRekeyOnSend(long nowNs) {
        return Long.compareUnsigned(nextCounter, REKEY_AFTER_MESSAGES) > 0
                || (initiator && ageNs(nowNs) >= REKEY_AFTER_NS);
    }

    /**
     * Seals in place. The plaintext, already padded, stands at {@code offset + Transport.CONTENT};
     * the header is written before it, the tag after it.
     *
     * @return the length of the whole transport message
     */
    public int seal(byte[] array, int offset, int paddedLength) {
        long counter = nextCounter++;
        Transport.writeHeader(array, offset, indices.remote(), counter);
        return Transport.CONTENT
                + sending.seal(counter, array, offset + Transport.CONTENT, paddedLength);
    }

    /**
     * Opens a transport message in place. Order matters: first the tag, then the replay window, so
     * that a forged message can never move the window.
     *
     * @param length of the whole message, at least {@link Transport#OVERHEAD}
     * @return the plaintext's length, at {@code offset + Transport.CONTENT}; or {@link #REFUSED} or
     *     {@link #REPLAYED}
     */
    public int open(byte[] array, int offset, int length) {
        long counter = Transport.counter(array, offset);
        if (Long.compareUnsigned(counter, REJECT_AFTER_MESSAGES) >= 0) {
            return REFUSED;
        }
        int content = offset + Transport.CONTENT;
        int opened = receiving.open(counter, array, content, length - Transport.CONTENT);
        if (opened == Aead.REFUSED) {
            return REFUSED;
        }
        openedNewest = window.isNewest(counter);
        return window.accept(counter) ? opened : REPLAYED;
    }

    /**
     * Whether the message that was opened last was sent after all that were opened before it (the
     * rule by which QUIC lets a path move, RFC 9000 §9.3).
     */
    public boolean openedNewest() {
        return openedNewest;
    }

    /** From now on it opens what is under way, and seals nothing. */
    public void retire() {
        retired = true;
    }

    /** Zeroes both keys; the session cannot be used any more. */
    public void destroy() {
        if (!destroyed) {
            destroyed = true;
            sending.destroy();
            receiving.destroy();
        }
    }

    /** For tests of the limits: pretends that this many messages were sealed. */
    void skipTo(long counter) {
        nextCounter = counter;
    }

    @Override
    public String toString() {
        byte[] index = new byte[4];
        LittleEndian.putInt(index, 0, indices.local());
        return "Session[" + io.culvert.bytes.Hex.encode(index) + "]";
    }
}
