package io.culvert.client.relay;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.client.dial.WebSocketDialer;
import io.culvert.relay.Crossing;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address that datagrams come from, and the WebSocket that is kept up for it. Confined to the
 * loop.
 */
final class RelayedPeer implements CarrierListener {
    private static final Logger log = LoggerFactory.getLogger(RelayedPeer.class);

    private final Crossing crossing;
    private final WebSocketDialer dialer;
    private final LongSupplier clock;
    private Carrier local;
    private boolean isAnswering;
    private long heardNs;

    /** Whether datagrams were taken since the last {@link #flush}. */
    private boolean isTouched;

    /**
     * A peer whose WebSocket is yet to be dialled.
     *
     * @param dialers makes the dialer that tells this listener
     */
    RelayedPeer(
            Carrier local,
            Crossing.Shared crossings,
            Function<CarrierListener, WebSocketDialer> dialers,
            LongSupplier clock) {
        this.local = local;
        this.clock = clock;
        this.crossing = new Crossing(crossings, this::answer);
        this.dialer = dialers.apply(this);
    }

    void start() {
        dialer.start();
    }

    /** When the peer was heard last. */
    long heardNs() {
        return heardNs;
    }

    /**
     * A datagram of the peer came.
     *
     * @return whether it is the first since the last flush
     */
    boolean onLocal(Carrier from, byte[] array, int offset, int length) {
        local = from; // the same remote, maybe by another address of ours
        heardNs = clock.getAsLong();
        crossing.send(array, offset, length, heardNs);
        boolean isFirst = !isTouched;
        isTouched = true;
        return isFirst;
    }

    void flush() {
        isTouched = false;
        crossing.flush(clock.getAsLong());
    }

    private void answer(byte[] array, int offset, int length) {
        if (length <= local.maxDatagram()) {
            int at = local.reserve(length);
            System.arraycopy(array, offset, local.array(), at, length);
            local.commit(length);
            isAnswering = true;
        }
    }

    @Override
    public void onOpen(Carrier carrier) {
        crossing.connect(carrier, clock.getAsLong());
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        crossing.receive(array, offset, length);
    }

    @Override
    public void onReadEnd(Carrier from) {
        if (isAnswering) {
            isAnswering = false;
            local.flush(clock.getAsLong());
        }
    }

    @Override
    public void onWritable(Carrier carrier) {
        crossing.drain(clock.getAsLong());
    }

    @Override
    public void onHello(Carrier from, Hello hello) {}

    @Override
    public void onDrain(Carrier from, long afterMs) {
        log.info("{}: the gateway asks to connect anew in {} ms", local, afterMs);
    }

    @Override
    public void onClosed(Carrier carrier) {
        crossing.disconnect(carrier);
    }

    void onNetworkChange() {
        dialer.onNetworkChange();
    }

    void stop() {
        dialer.stop();
        crossing.close();
    }
}
