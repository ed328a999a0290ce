package io.culvert.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteOrder;

/**
 * The bulk cipher done by OpenSSL, in place in the heap arrays. libcrypto decrypts before it knows
 * whether the tag is right, so that a refused message is encrypted again: the array is as it was.
 * Confined as {@link Aead} says; both contexts hold the key until {@link #destroy}.
 */
final class LibcryptoAead implements Aead {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final ValueLayout.OfLong COUNTER =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Direction sealing;
    private final Direction opening;
    private final Cleaner.Cleanable contexts;

    // the counter sealed last, to refuse it a second time
    private long lastSealed;
    private boolean hasSealed;

    private volatile boolean destroyed;

    /** One cipher context and the native memory that its calls need. */
    private static final class Direction {
        private static final int NONCE_BYTES = ChaChaPoly.NONCE_LENGTH;
        private static final int COUNT_AT = 16;

        private final MemorySegment context;
        private final MemorySegment nonce;
        private final MemorySegment count;

        // the array of the last message: mostly the next one's too
        private MemorySegment arraySegment = MemorySegment.NULL;
        private byte[] array = {};

        Direction(byte[] key) {
            MemorySegment memory = Arena.ofAuto().allocate(32, 8);
            this.nonce = memory.asSlice(0, NONCE_BYTES);
            this.count = memory.asSlice(COUNT_AT, 16);
            this.context = Libcrypto.newContext(key);
        }

        @SuppressWarnings("ReferenceEquality") // of arrays: this one or another
        private MemorySegment of(byte[] wanted) {
            if (array != wanted) {
                array = wanted;
                arraySegment = MemorySegment.ofArray(wanted);
            }
            return arraySegment;
        }

        void seal(long counter, byte[] wanted, int offset, int length) {
            MemorySegment segment = of(wanted);
            int done = begin(counter, Libcrypto.ENCRYPT);
            done &= update(segment.asSlice(offset, length));
            done &= Libcrypto.end(context, count);
            done &= Libcrypto.getTag(context, segment.asSlice((long) offset + length, TAG_LENGTH));
            check(done, length, offset);
        }

        /** As {@link Aead#open}, for what is no shorter than a tag. */
        int open(long counter, byte[] wanted, int offset, int length) {
            MemorySegment segment = of(wanted);
            int textLength = length - TAG_LENGTH;
            MemorySegment text = segment.asSlice(offset, textLength);
            MemorySegment tag = segment.asSlice((long) offset + textLength, TAG_LENGTH);
            int done = begin(counter, Libcrypto.DECRYPT);
            done &= Libcrypto.setTag(context, tag);
            done &= update(text);
            check(done, length, offset);
            if (Libcrypto.end(context, count) == 1) {
                return textLength;
            }
            done &= begin(counter, Libcrypto.ENCRYPT);
            done &= update(text);
            check(done, length, offset);
            return REFUSED;
        }

        private static void check(int done, int length, int offset) {
            if (done != 1) {
                throw new IllegalStateException("libcrypto: " + length + " bytes at " + offset);
            }
        }

        private int begin(long counter, int direction) {
            nonce.set(COUNTER, NONCE_BYTES - Long.BYTES, counter);
            return Libcrypto.begin(context, nonce, direction);
        }

        private int update(MemorySegment text) {
            return text.byteSize() == 0 ? 1 : Libcrypto.update(context, text, count);
        }
    }

    LibcryptoAead(byte[] key) {
        if (key.length != KeyText.KEY_LENGTH) {
            throw new IllegalArgumentException("a ChaCha20 key has 32 bytes");
        }
        this.sealing = new Direction(key);
        this.opening = new Direction(key);
        MemorySegment one = sealing.context;
        MemorySegment other = opening.context;
        this.contexts =
                CLEANER.register(
                        this,
                        () -> {
                            Libcrypto.free(one);
                            Libcrypto.free(other);
                        });
    }

    @Override
    public int seal(long counter, byte[] array, int offset, int length) {
        checkAlive();
        if (hasSealed && counter == lastSealed) {
            throw new IllegalStateException("counter " + counter + " used twice");
        }
        if (length < 0 || offset < 0 || array.length - offset < length + TAG_LENGTH) {
            throw new IllegalStateException("cannot seal " + length + " bytes at " + offset);
        }
        hasSealed = true;
        lastSealed = counter;
        try {
            sealing.seal(counter, array, offset, length);
        } finally {
            Reference.reachabilityFence(this); // its contexts are freed when it is not
        }
        return length + TAG_LENGTH;
    }

    @Override
    public int open(long counter, byte[] array, int offset, int length) {
        checkAlive();
        if (length < TAG_LENGTH) {
            return REFUSED;
        }
        try {
            return opening.open(counter, array, offset, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void destroy() {
        destroyed = true;
        contexts.clean();
    }

    private void checkAlive() {
        if (destroyed) {
            throw new IllegalStateException("transport key used after destroy");
        }
    }

    @Override
    public String toString() {
        return "LibcryptoAead(secret)";
    }
}
