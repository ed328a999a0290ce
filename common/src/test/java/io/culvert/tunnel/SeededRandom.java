package io.culvert.tunnel;

import java.security.SecureRandom;
import java.util.Random;

/** Randomness that a seed repeats, where the code under test wants a {@link SecureRandom}. */
final class SeededRandom extends SecureRandom {
    private static final long serialVersionUID = 1;

    private final transient Random random;

    SeededRandom(long seed) {
        random = new Random(seed);
    }

    @Override
    public void nextBytes(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public int nextInt() {
        return random.nextInt();
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
