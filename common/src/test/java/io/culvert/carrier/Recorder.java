package io.culvert.carrier;

import io.culvert.bytes.Hex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A listener that writes down what it is told, and spoils each datagram as a decrypter would. */
class Recorder implements CarrierListener {
    final List<String> events = new ArrayList<>();
    final List<byte[]> datagrams = new ArrayList<>();

    @Override
    public void onOpen(Carrier carrier) {
        events.add("open");
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        byte[] copy = Arrays.copyOfRange(array, offset, offset + length);
        datagrams.add(copy);
        events.add("datagram " + (length <= 32 ? Hex.encode(copy) : Arrays.hashCode(copy)));
        Arrays.fill(array, offset, offset + length, (byte) 0x55);
    }

    @Override
    public void onReadEnd(Carrier from) {
        events.add("read end");
    }

    @Override
    public void onWritable(Carrier carrier) {
        events.add("writable");
    }

    @Override
    public void onHello(Carrier from, Hello hello) {
        events.add("hello " + hello);
    }

    @Override
    public void onDrain(Carrier from, long afterMs) {
        events.add("drain " + afterMs);
    }

    @Override
    public void onClosed(Carrier carrier) {
        events.add("closed");
    }

    /** What was told since the last call, without the read ends. */
    List<String> take() {
        List<String> told = new ArrayList<>(events);
        told.removeIf("read end"::equals);
        events.clear();
        return told;
    }
}
