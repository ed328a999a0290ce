package io.culvert.bench;

import io.culvert.carrier.ByteStream;
import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketCarrier.Role;
import io.culvert.carrier.WebSocketSettings;
import io.culvert.stats.Drops;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * 44 datagrams of 1452 bytes (64 KiB) gathered into {@code culvert.1} messages, and taken apart at
 * the other end. Confined to JMH's thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CarrierBenchmark {
    private static final int DATAGRAMS = 44;
    private static final int LENGTH = 1452;

    /** Which end sends; a client masks. */
    @Param({"CLIENT", "SERVER"})
    public Role sender = Role.CLIENT;

    private final Wire wire = new Wire();
    private final Counted received = new Counted();
    private WebSocketCarrier near = carrier(Role.CLIENT, wire, new Counted());
    private WebSocketCarrier far = carrier(Role.SERVER, new Wire(), received);
    private byte[] copy = {};

    /** Both ends, and 64 KiB as they cross the wire. */
    @Setup
    public void connect() {
        near = carrier(sender, wire, new Counted());
        near.start(0);
        far = carrier(sender == Role.CLIENT ? Role.SERVER : Role.CLIENT, new Wire(), received);
        far.start(0);
        far.receive(wire.bytes, 0, wire.length, 0); // HELLO
        send();
        copy = new byte[wire.length];
    }

    /** Gathers and, at a client, masks. */
    @Benchmark
    public int send() {
        wire.length = 0;
        for (int i = 0; i < DATAGRAMS; i++) {
            near.reserve(LENGTH);
            near.commit(LENGTH);
        }
        near.flush(0);
        return wire.length;
    }

    /** Unmasks, at a server, and takes apart; after a copy that is part of the time. */
    @Benchmark
    public long receive() {
        System.arraycopy(wire.bytes, 0, copy, 0, copy.length);
        far.receive(copy, 0, copy.length, 0);
        return received.bytes;
    }

    private static WebSocketCarrier carrier(Role role, ByteStream stream, CarrierListener told) {
        Hello hello = new Hello(1, new UUID(1, 2), 0, WebSocketCarrier.LARGEST_MESSAGE_BYTES);
        WebSocketSettings settings =
                new WebSocketSettings(
                        role,
                        Protocol.CULVERT_1,
                        hello,
                        WebSocketSettings.DEFAULT_MESSAGE_BYTES,
                        "wss",
                        null,
                        "192.0.2.1:443",
                        new byte[4],
                        Instant.EPOCH);
        return new WebSocketCarrier(settings, stream, told, new Drops(), new SplittableRandom(1));
    }

    /** Keeps what was written since it was emptied. Confined. */
    private static final class Wire implements ByteStream {
        private final byte[] bytes = new byte[1 << 18];
        private int length;

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void write(byte[] array, int offset, int count) {
            System.arraycopy(array, offset, bytes, length, count);
            length += count;
        }

        @Override
        public void close() {}
    }

    /** Counts datagrams' bytes. Confined. */
    private static final class Counted implements CarrierListener {
        private long bytes;

        @Override
        public void onOpen(Carrier carrier) {}

        @Override
        public void onHello(Carrier from, Hello hello) {}

        @Override
        public void onDrain(Carrier from, long afterMs) {}

        @Override
        public void onDatagram(Carrier from, byte[] array, int offset, int length) {
            bytes += length;
        }

        @Override
        public void onReadEnd(Carrier from) {}

        @Override
        public void onWritable(Carrier carrier) {}

        @Override
        public void onClosed(Carrier carrier) {}
    }
}
