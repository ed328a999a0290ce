package io.culvert.client.dial;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;

/**
 * Stands between a carrier and the dialer's listener, and falls silent when the carrier is no
 * longer the current one. Confined to the loop.
 */
final class CurrentCarrier implements CarrierListener {
    /** What the dialer itself wants to know. */
    interface Owner {
        /** The gateway goes away. */
        void onDrain(long afterMs);

        /** The current carrier is gone; told before the listener. */
        void onClosed();
    }

    private final CarrierListener listener;
    private final Owner owner;
    private boolean isCurrent = true;

    CurrentCarrier(CarrierListener listener, Owner owner) {
        this.listener = listener;
        this.owner = owner;
    }

    /** Ends the listening: for the listener {@code carrier} is closed now. */
    void retire(Carrier carrier) {
        if (isCurrent) {
            isCurrent = false;
            listener.onClosed(carrier);
        }
    }

    @Override
    public void onOpen(Carrier carrier) {
        if (isCurrent) {
            listener.onOpen(carrier);
        }
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        if (isCurrent) {
            listener.onDatagram(from, array, offset, length);
        }
    }

    @Override
    public void onReadEnd(Carrier from) {
        if (isCurrent) {
            listener.onReadEnd(from);
        }
    }

    @Override
    public void onWritable(Carrier carrier) {
        if (isCurrent) {
            listener.onWritable(carrier);
        }
    }

    @Override
    public void onHello(Carrier from, Hello hello) {
        if (isCurrent) {
            listener.onHello(from, hello);
        }
    }

    @Override
    public void onDrain(Carrier from, long afterMs) {
        if (isCurrent) {
            owner.onDrain(afterMs);
            listener.onDrain(from, afterMs);
        }
    }

    @Override
    public void onClosed(Carrier carrier) {
        if (isCurrent) {
            isCurrent = false;
            owner.onClosed();
            listener.onClosed(carrier);
        }
    }
}
