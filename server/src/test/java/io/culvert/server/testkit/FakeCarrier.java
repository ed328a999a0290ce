package io.culvert.server.testkit;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A WebSocket's carrier that keeps what was sent. */
public final class FakeCarrier implements Carrier {
    private final byte[] array = new byte[65_536];

    /** The 21st byte of each datagram. */
    public final List<Integer> marks = new ArrayList<>();

    public boolean isClosed;

    @Override
    public boolean isWritable() {
        return !isClosed;
    }

    @Override
    public byte[] array() {
        return array;
    }

    @Override
    public int reserve(int maxLength) {
        return 0;
    }

    @Override
    public void commit(int length) {
        marks.add((int) array[20]);
    }

    @Override
    public void flush(long nowNs) {}

    @Override
    public int maxDatagram() {
        return array.length;
    }

    @Override
    public byte[] source() {
        return new byte[6];
    }

    @Override
    public CarrierInfo info() {
        return new CarrierInfo("ws", null, "client", CarrierInfo.State.UP, Instant.EPOCH);
    }

    @Override
    public void close() {
        isClosed = true;
    }
}
