package io.culvert.client.testkit;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what a carrier tells, for another thread to look at. Thread-safe. */
public final class Recorder implements CarrierListener {
    private final BlockingQueue<byte[]> datagrams = new LinkedBlockingQueue<>();
    private final BlockingQueue<Carrier> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> endings = new LinkedBlockingQueue<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();

    /** The next carrier that opened, waiting at most 10 s. */
    public Carrier awaitOpen() throws InterruptedException {
        return require(opened.poll(10, TimeUnit.SECONDS));
    }

    /** The next datagram, waiting at most 10 s. */
    public byte[] awaitDatagram() throws InterruptedException {
        return require(datagrams.poll(10, TimeUnit.SECONDS));
    }

    /** The next close or drain, waiting at most 10 s. */
    public String awaitEnding() throws InterruptedException {
        return require(endings.poll(10, TimeUnit.SECONDS));
    }

    /** Whether no carrier opens for a while. */
    public boolean nothingOpens(long waitMs) throws InterruptedException {
        return opened.poll(waitMs, TimeUnit.MILLISECONDS) == null;
    }

    /** What was told, in order: open, hello, writable, drain, closed. */
    public List<String> events() {
        return List.copyOf(events);
    }

    /** The names of the threads that told something, none twice. */
    public List<String> threads() {
        return threads.stream().distinct().toList();
    }

    private <T> T require(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("waited in vain; events so far: " + events);
        }
        return value;
    }

    private void note(String event) {
        events.add(event);
        threads.add(Thread.currentThread().getName());
    }

    @Override
    public void onOpen(Carrier carrier) {
        note("open");
        opened.add(carrier);
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        datagrams.add(Arrays.copyOfRange(array, offset, offset + length));
    }

    @Override
    public void onReadEnd(Carrier from) {}

    @Override
    public void onWritable(Carrier carrier) {
        note("writable");
    }

    @Override
    public void onHello(Carrier from, Hello hello) {
        note("hello");
    }

    @Override
    public void onDrain(Carrier from, long afterMs) {
        note("drain");
        endings.add("drain");
    }

    @Override
    public void onClosed(Carrier carrier) {
        note("closed");
        endings.add("closed");
    }
}
