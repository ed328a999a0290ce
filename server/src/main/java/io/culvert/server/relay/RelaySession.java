package io.culvert.server.relay;

import io.culvert.carrier.Carrier;
import io.culvert.relay.Crossing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One remote of a relay: its WebSocket, which may be replaced, and its UDP socket, which stays.
 * Confined to the loop.
 */
final class RelaySession implements RelaySocket.Receiver {
    private static final Logger log = LoggerFactory.getLogger(RelaySession.class);

    /** Above the ports that Linux hands out by itself. */
    private static final int FIRST_PORT = 61_000;

    private static final int PORTS = 4536;

    private final @Nullable UUID instance;
    private final Crossing crossing;
    private final RelaySocket.Shared sockets;
    private final LongSupplier clock;
    private @Nullable RelaySocket socket;
    private boolean isAnswered;
    private long lostNs;

    /**
     * A session without WebSocket and socket.
     *
     * @param instance by which the remote is known again; null when it did not say
     */
    RelaySession(
            @Nullable UUID instance,
            Crossing.Shared crossings,
            RelaySocket.Shared sockets,
            LongSupplier clock) {
        this.instance = instance;
        this.crossing = new Crossing(crossings, this::send);
        this.sockets = sockets;
        this.clock = clock;
    }

    @Nullable UUID instance() {
        return instance;
    }

    /**
     * Opens the UDP socket unless there is one. The local port follows from the instance: the other
     * side's answers find this session even when the gateway was started anew in between.
     */
    void reach(@Nullable InetSocketAddress target) {
        if (socket != null || target == null) {
            return;
        }
        try {
            socket = RelaySocket.open(sockets, target, port(instance), this);
        } catch (IOException e) {
            log.warn("relay to {}: {}", target, e.getMessage());
        }
    }

    static int port(@Nullable UUID instance) {
        return instance == null ? 0 : FIRST_PORT + Math.floorMod(instance.hashCode(), PORTS);
    }

    /** The WebSocket at hand; null when there is none. */
    @Nullable Carrier carrier() {
        return crossing.carrier();
    }

    void connect(Carrier carrier) {
        crossing.connect(carrier, clock.getAsLong());
    }

    void disconnect(Carrier carrier) {
        crossing.disconnect(carrier);
        lostNs = clock.getAsLong();
    }

    /** Since when there is no WebSocket. */
    long lostNs() {
        return lostNs;
    }

    /** Whether the target ever sent something that may pass. */
    boolean isAnswered() {
        return isAnswered;
    }

    /** A datagram came by the WebSocket. */
    void receive(byte[] array, int offset, int length) {
        crossing.receive(array, offset, length);
    }

    private void send(byte[] array, int offset, int length) {
        if (socket != null) {
            socket.send(array, offset, length);
        }
    }

    void onWritable() {
        crossing.drain(clock.getAsLong());
    }

    @Override
    public void onDatagram(byte[] array, int offset, int length) {
        isAnswered |= crossing.send(array, offset, length, clock.getAsLong());
    }

    @Override
    public void onReadEnd() {
        crossing.flush(clock.getAsLong());
    }

    void close() {
        Carrier carrier = crossing.carrier();
        crossing.close();
        if (socket != null) {
            socket.close();
        }
        if (carrier != null) {
            carrier.close();
        }
    }
}
