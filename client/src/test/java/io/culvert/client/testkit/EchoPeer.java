package io.culvert.client.testkit;

import io.culvert.carrier.ByteStream;
import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketSettings;
import io.culvert.stats.Drops;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;

/** The gateway's end of one WebSocket: sends back what comes. Thread-safe (one lock). */
public final class EchoPeer implements CarrierListener, ByteStream {
    private final Socket socket;
    private final WebSocketCarrier carrier;
    private volatile boolean isClosed;
    private volatile boolean heardHello;

    EchoPeer(Socket socket, Protocol protocol) {
        this.socket = socket;
        this.carrier =
                new WebSocketCarrier(
                        new WebSocketSettings(
                                WebSocketCarrier.Role.SERVER,
                                protocol,
                                new Hello(1, new UUID(7, 7), 0, 66_560),
                                WebSocketSettings.DEFAULT_MESSAGE_BYTES,
                                "ws",
                                null,
                                "client",
                                new byte[6],
                                Instant.EPOCH),
                        this,
                        this,
                        new Drops(),
                        new SplittableRandom(7));
    }

    void run() throws IOException {
        synchronized (this) {
            carrier.start(System.nanoTime());
        }
        InputStream in = socket.getInputStream();
        byte[] array = new byte[65_536];
        for (int read = in.read(array); read >= 0; read = in.read(array)) {
            synchronized (this) {
                carrier.receive(array, 0, read, System.nanoTime());
            }
        }
        synchronized (this) {
            carrier.onStreamClosed();
        }
    }

    /** Asks the client to reconnect. */
    public synchronized void drain(long afterMs) {
        carrier.drain(afterMs);
    }

    /** Cuts the connection. */
    public void cut() throws IOException {
        socket.close();
    }

    /** Whether the WebSocket was closed. */
    public boolean isClosed() {
        return isClosed;
    }

    /** Whether the client introduced itself. */
    public boolean heardHello() {
        return heardHello;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        try {
            socket.getOutputStream().write(array, offset, length);
        } catch (IOException ignored) { // the reading side ends too
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ignored) { // it is closed
        }
    }

    @Override
    public void onOpen(Carrier opened) {}

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        int at = from.reserve(length);
        System.arraycopy(array, offset, from.array(), at, length);
        from.commit(length);
    }

    @Override
    public void onReadEnd(Carrier from) {
        from.flush(System.nanoTime());
    }

    @Override
    public void onWritable(Carrier writable) {}

    @Override
    public void onHello(Carrier from, Hello hello) {
        heardHello = true;
        Changes.tell();
    }

    @Override
    public void onDrain(Carrier from, long afterMs) {}

    @Override
    public void onClosed(Carrier closed) {
        isClosed = true;
        Changes.tell();
    }
}
