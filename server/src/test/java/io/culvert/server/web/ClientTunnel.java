package io.culvert.server.web;

import io.culvert.carrier.ByteStream;
import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketCarrier.Role;
import io.culvert.carrier.WebSocketSettings;
import io.culvert.stats.Drops;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** The client's end of a tunnel over blocking streams, driven by the test's thread. */
final class ClientTunnel implements ByteStream, CarrierListener {
    final List<byte[]> datagrams = new ArrayList<>();
    final WebSocketCarrier carrier;
    int hellos;
    int drains;
    boolean closed;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[32_768];

    ClientTunnel(InputStream in, OutputStream out, Protocol protocol) {
        this.in = in;
        this.out = out;
        WebSocketSettings settings =
                new WebSocketSettings(
                        Role.CLIENT,
                        protocol,
                        new Hello(1, new UUID(2, 2), 0, 65_536),
                        WebSocketSettings.DEFAULT_MESSAGE_BYTES,
                        "wss",
                        "wss://gateway.test/connect",
                        "127.0.0.1:1",
                        new byte[6],
                        Instant.EPOCH);
        carrier = new WebSocketCarrier(settings, this, this, new Drops(), new SplittableRandom(42));
    }

    void start() {
        carrier.start(System.nanoTime());
    }

    void send(byte[] datagram) {
        int offset = carrier.reserve(datagram.length);
        System.arraycopy(datagram, 0, carrier.array(), offset, datagram.length);
        carrier.commit(datagram.length);
    }

    /** Reads until so many datagrams came, or the end; the socket's own timeout bounds it. */
    void receive(int count) throws IOException {
        while (datagrams.size() < count && !closed) {
            int length = in.read(buffer);
            if (length < 0) {
                carrier.onStreamClosed();
                return;
            }
            carrier.receive(buffer, 0, length, System.nanoTime());
        }
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        try {
            out.write(array, offset, length);
            out.flush();
        } catch (IOException ignored) { // the reader notices
            closed = true;
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException ignored) { // closed before
            closed = true;
        }
    }

    @Override
    public void onOpen(Carrier carrier) {}

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        datagrams.add(Arrays.copyOfRange(array, offset, offset + length));
    }

    @Override
    public void onReadEnd(Carrier from) {}

    @Override
    public void onWritable(Carrier carrier) {}

    @Override
    public void onHello(Carrier from, Hello hello) {
        hellos++;
    }

    @Override
    public void onDrain(Carrier from, long afterMs) {
        drains++;
    }

    @Override
    public void onClosed(Carrier carrier) {
        closed = true;
    }
}
