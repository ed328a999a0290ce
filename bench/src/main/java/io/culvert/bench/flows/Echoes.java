package io.culvert.bench.flows;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A server that says again what it hears, by TCP and by UDP at one port.
 *
 * <pre>
 * Echoes ADDRESS PORT
 * </pre>
 */
public final class Echoes {
    private static final int BACKLOG = 4096;
    private static final int MOST_DATAGRAM = 2048;
    private static final int UDP_BUFFER_BYTES = 8 << 20;

    private Echoes() {}

    /** See the class; ends with the process. */
    public static void main(String[] args) throws IOException {
        InetSocketAddress at = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
        try (ServerSocket listener = new ServerSocket();
                DatagramSocket datagrams = new DatagramSocket(null)) {
            listener.bind(at, BACKLOG);
            datagrams.setReceiveBufferSize(UDP_BUFFER_BYTES);
            datagrams.bind(at);
            Thread.ofPlatform().daemon().start(() -> answer(datagrams));
            System.out.println("echoing");
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            }
        }
    }

    private static void answer(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            byte[] bytes = new byte[Flows.ECHO_BYTES];
            InputStream in = socket.getInputStream();
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                socket.getOutputStream().write(bytes, 0, n);
            }
        } catch (IOException ignored) {
            // the client counts what went wrong
        }
    }

    private static void answer(DatagramSocket socket) {
        DatagramPacket packet = new DatagramPacket(new byte[MOST_DATAGRAM], MOST_DATAGRAM);
        while (!socket.isClosed()) {
            try {
                packet.setLength(MOST_DATAGRAM);
                socket.receive(packet);
                socket.send(packet);
            } catch (IOException ignored) {
                // one client's port that is closed again
            }
        }
    }
}
