package io.culvert.client.tunnel;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.pump.Pump;
import io.culvert.tunnel.Peer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one peer's WebSocket tells, turned into calls of the pump: a new connection is a new path, a
 * new instance at the other end has lost its keys. Confined to the loop.
 */
final class PeerLink implements CarrierListener {
    private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

    private final Pump pump;
    private final Peer<Carrier> peer;

    /** The process that the keys were made with; null before the first HELLO. */
    private @Nullable UUID instance;

    PeerLink(Pump pump, Peer<Carrier> peer) {
        this.pump = pump;
        this.peer = peer;
    }

    @Override
    public void onOpen(Carrier carrier) {
        pump.connect(peer, carrier);
        if (!pump.hasKeys(peer)) {
            pump.renewKeys(peer); // without a word from us the gateway would not know this path
        }
    }

    @Override
    public void onHello(Carrier from, Hello hello) {
        if (instance != null && !instance.equals(hello.instance())) {
            log.info("{}: the gateway was restarted, making new keys", peer);
            pump.renewKeys(peer);
        }
        instance = hello.instance();
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        pump.onDatagram(from, array, offset, length);
    }

    @Override
    public void onReadEnd(Carrier from) {
        pump.onReadEnd(from);
    }

    @Override
    public void onWritable(Carrier carrier) {
        pump.onWritable(carrier);
    }

    @Override
    public void onDrain(Carrier from, long afterMs) {
        log.info("{}: the gateway asks to connect anew in {} ms", peer, afterMs);
    }

    @Override
    public void onClosed(Carrier carrier) {
        pump.onClosed(carrier);
    }
}
