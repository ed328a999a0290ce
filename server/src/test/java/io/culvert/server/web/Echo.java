package io.culvert.server.web;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends every datagram back; counts what it is told. */
final class Echo implements CarrierListener {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final Semaphore openings = new Semaphore(0);
    final Semaphore closings = new Semaphore(0);
    final AtomicInteger hellos = new AtomicInteger();
    final AtomicInteger dropped = new AtomicInteger();
    final List<String> remotes = new CopyOnWriteArrayList<>();

    @Override
    public void onOpen(Carrier carrier) {
        remotes.add(carrier.info().kind() + " " + carrier.info().remote());
        opened.incrementAndGet();
        openings.release();
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        if (!from.isWritable()) {
            dropped.incrementAndGet();
            return;
        }
        int target = from.reserve(length);
        System.arraycopy(array, offset, from.array(), target, length);
        from.commit(length);
    }

    @Override
    public void onReadEnd(Carrier from) {
        from.flush(System.nanoTime());
    }

    @Override
    public void onWritable(Carrier carrier) {}

    @Override
    public void onHello(Carrier from, Hello hello) {
        hellos.incrementAndGet();
    }

    @Override
    public void onDrain(Carrier from, long afterMs) {}

    @Override
    public void onClosed(Carrier carrier) {
        closed.incrementAndGet();
        closings.release();
    }
}
