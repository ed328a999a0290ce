package io.culvert.netstack;

import io.culvert.bytes.LittleEndian;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) of five words: a keyed function whose values nobody
 * foretells who does not know the key. Immutable, so thread-safe.
 */
final class SipHash {
    /** Length of the key. */
    static final int KEY_BYTES = 16;

    private static final long INPUT_BYTES = 40;

    private final long key0;
    private final long key1;

    /** Keyed with the first {@value #KEY_BYTES} bytes. */
    SipHash(byte[] key) {
        key0 = LittleEndian.getLong(key, 0);
        key1 = LittleEndian.getLong(key, 8);
    }

    /** The hash of the flow, different for each purpose. */
    long of(FlowKey key, long purpose) {
        long family = key.isIpv6() ? 1L << 32 : 0;
        return of(
                key.local().address().high() ^ key.local().address().low(),
                key.remote().address().high(),
                key.remote().address().low(),
                key.ports() | family,
                purpose);
    }

    /** The hash of five words. */
    long of(long a, long b, long c, long d, long e) {
        State state = new State(key0, key1);
        state.take(a);
        state.take(b);
        state.take(c);
        state.take(d);
        state.take(e);
        state.take(INPUT_BYTES << 56);
        return state.finish();
    }

    /** The four words in the making; does not outlive a call, so that it is never allocated. */
    private static final class State {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        State(long key0, long key1) {
            v0 = key0 ^ 0x736f_6d65_7073_6575L;
            v1 = key1 ^ 0x646f_7261_6e64_6f6dL;
            v2 = key0 ^ 0x6c79_6765_6e65_7261L;
            v3 = key1 ^ 0x7465_6462_7974_6573L;
        }

        void take(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        long finish() {
            v2 ^= 0xff;
            round();
            round();
            round();
            round();
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
