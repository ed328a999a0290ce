package io.culvert.bench;

import io.culvert.crypto.Aead;
import io.culvert.crypto.Aeads;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Sealing and opening one message in place. Confined to JMH's thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AeadBenchmark {
    private static final int OFFSET = 64;

    /** Bytes of plaintext. */
    @Param({"1420", "16384", "65536"})
    public int length;

    /** Who does it: see {@link Aeads}. */
    @Param public Aeads.Provider provider = Aeads.Provider.JDK;

    private Aead aead = provider.chacha20Poly1305(new byte[32]);
    private byte[] array = {};
    private byte[] sealed = {};
    private long counter;

    /** A message that was sealed under counter 0. */
    @Setup
    public void seal0() {
        aead = provider.chacha20Poly1305(new byte[32]);
        array = new byte[OFFSET + length + Aead.TAG_LENGTH];
        aead.seal(0, array, OFFSET, length);
        sealed = array.clone();
        counter = 1;
    }

    /** Seals what the last seal left. */
    @Benchmark
    public int seal() {
        return aead.seal(counter++, array, OFFSET, length);
    }

    /** Opens the same message again, after a copy that is part of the time. */
    @Benchmark
    public int open() {
        System.arraycopy(sealed, OFFSET, array, OFFSET, length + Aead.TAG_LENGTH);
        return aead.open(0, array, OFFSET, length + Aead.TAG_LENGTH);
    }
}
