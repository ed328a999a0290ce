package io.culvert.noise;

import java.util.Arrays;

/** The two keys that a completed handshake yields. Owned by whoever builds the session of them. */
public final class TransportKeys {
    private final byte[] sending;
    private final byte[] receiving;

    TransportKeys(byte[] sending, byte[] receiving) {
        this.sending = sending;
        this.receiving = receiving;
    }

    /** The key to seal with, 32 bytes; borrowed. */
    public byte[] sending() {
        return sending;
    }

    /** The key to open with, 32 bytes; borrowed. */
    public byte[] receiving() {
        return receiving;
    }

    /** Zeroes both. */
    public void destroy() {
        Arrays.fill(sending, (byte) 0);
        Arrays.fill(receiving, (byte) 0);
    }
}
