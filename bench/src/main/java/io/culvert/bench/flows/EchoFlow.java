package io.culvert.bench.flows;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A connection to an {@link Echoes}, or a socket for its datagrams. Confined to one thread a time.
 */
sealed interface EchoFlow extends AutoCloseable {
    /** How long an answer may take. */
    int PATIENCE_MS = 10_000;

    /** One echo. */
    void ask() throws IOException;

    @Override
    void close();

    /** A connection. */
    static EchoFlow tcp(InetSocketAddress server) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MS);
            socket.connect(server, PATIENCE_MS);
            return new Tcp(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** A socket. */
    static EchoFlow udp(InetSocketAddress server) throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.setSoTimeout(PATIENCE_MS);
        socket.connect(server);
        return new Udp(socket);
    }

    /** A connection. */
    record Tcp(Socket socket) implements EchoFlow {
        @Override
        public void ask() throws IOException {
            socket.getOutputStream().write(new byte[Flows.ECHO_BYTES]);
            if (socket.getInputStream().readNBytes(Flows.ECHO_BYTES).length < Flows.ECHO_BYTES) {
                throw new IOException("ended early");
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException ignored) {
                // nothing is left to do about it
            }
        }
    }

    /** A socket for datagrams. */
    record Udp(DatagramSocket socket) implements EchoFlow {
        @Override
        public void ask() throws IOException {
            byte[] bytes = new byte[Flows.ECHO_BYTES];
            socket.send(new DatagramPacket(bytes, bytes.length));
            socket.receive(new DatagramPacket(bytes, bytes.length));
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
