package io.culvert.testkit;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A carrier in memory that fails the test where its user breaks the port's rules. */
public final class MemoryCarrier implements Carrier {
    /** What is free in the array before and behind a datagram, to find stray writes. */
    private static final int MARGIN = 64;

    private final String remote;
    private final byte[] array = new byte[70_000];
    private final List<byte[]> committed = new ArrayList<>();
    private int reserved = -1;

    /** What was flushed and not yet taken by the other end. */
    public final List<byte[]> flushed = new ArrayList<>();

    /** What the outer headers of all datagrams were to say. */
    public final List<Integer> classes = new ArrayList<>();

    public boolean isWritable = true;
    public int maxDatagram = 66_000;
    public boolean takesSuperPackets;

    /** What a flush leads to. */
    public Runnable onFlush = () -> {};

    /** Datagrams until it is not writable any more. */
    public int room = Integer.MAX_VALUE;

    /** A carrier to {@code remote}. */
    public MemoryCarrier(String remote) {
        this.remote = remote;
    }

    @Override
    public boolean isWritable() {
        return isWritable && room > 0;
    }

    @Override
    public byte[] array() {
        if (reserved < 0) {
            throw new AssertionError("array without reserve");
        }
        return array;
    }

    @Override
    public int reserve(int maxLength) {
        if (reserved >= 0) {
            throw new AssertionError("reserved while a datagram is being built");
        }
        if (maxLength > maxDatagram || maxLength <= 0) {
            throw new AssertionError("reserved " + maxLength + " of " + maxDatagram);
        }
        Arrays.fill(array, (byte) 0xaa);
        reserved = maxLength;
        return MARGIN;
    }

    @Override
    public void commit(int length) {
        if (reserved < 0 || length > reserved) {
            throw new AssertionError("committed " + length + " of " + reserved);
        }
        for (int i = 0; i < MARGIN; i++) {
            // virtio-net headers are written right before the packet, never before the datagram
            if (array[i] != (byte) 0xaa || array[MARGIN + reserved + i] != (byte) 0xaa) {
                throw new AssertionError("written beside the datagram at " + i);
            }
        }
        if (length > 0) {
            committed.add(Arrays.copyOfRange(array, MARGIN, MARGIN + length));
            room--;
        }
        reserved = -1;
    }

    @Override
    public void commit(int length, int trafficClass) {
        commit(length);
        if (length > 0) {
            classes.add(trafficClass);
        }
    }

    @Override
    public void flush(long nowNs) {
        if (reserved >= 0) {
            throw new AssertionError("flushed while a datagram is being built");
        }
        flushed.addAll(committed);
        committed.clear();
        onFlush.run();
    }

    /** Datagrams that nobody flushed. */
    public int unflushed() {
        return committed.size();
    }

    @Override
    public boolean takesSuperPackets() {
        return takesSuperPackets;
    }

    @Override
    public int maxDatagram() {
        return maxDatagram;
    }

    @Override
    public byte[] source() {
        return new byte[] {127, 0, 0, 1, 0, 1};
    }

    @Override
    public CarrierInfo info() {
        return new CarrierInfo("ws", null, remote, CarrierInfo.State.UP, Instant.EPOCH);
    }

    @Override
    public void close() {
        isWritable = false;
    }

    @Override
    public String toString() {
        return "to " + remote;
    }
}
