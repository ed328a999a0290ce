package io.culvert.client.testkit;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A gateway on loopback that sends every datagram back: blocking sockets, a thread each.
 * Thread-safe.
 */
public final class TestGateway implements AutoCloseable {
    /** How it answers. */
    public enum Manner {
        /** Upgrades and echoes. */
        ECHO,
        /** Upgrades without a subprotocol, and echoes. */
        BARE_ECHO,
        /** Upgrades and never reads again. */
        DEAF,
        /** Says 404. */
        NOT_FOUND,
        /** Takes the connection and says nothing. */
        SILENT
    }

    private final ServerSocket server;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Manner manner;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<EchoPeer> peers = new CopyOnWriteArrayList<>();

    private TestGateway(ServerSocket server, Manner manner) {
        this.server = server;
        this.manner = manner;
    }

    /** A gateway that speaks TLS with this certificate. */
    public static TestGateway wss(TestCertificates certificates, Manner manner) throws IOException {
        ServerSocketFactory factory = certificates.serverContext().getServerSocketFactory();
        return open(factory, manner, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** A gateway without TLS on this port; 0 for a free one. */
    public static TestGateway ws(Manner manner, int port) throws IOException {
        return at("127.0.0.1", manner, port);
    }

    /** A gateway without TLS at this address. */
    public static TestGateway at(String address, Manner manner, int port) throws IOException {
        return open(ServerSocketFactory.getDefault(), manner, new InetSocketAddress(address, port));
    }

    private static TestGateway open(
            ServerSocketFactory factory, Manner manner, InetSocketAddress address)
            throws IOException {
        ServerSocket server = factory.createServerSocket();
        server.setReuseAddress(true);
        server.setReceiveBufferSize(65_536);
        server.bind(address);
        TestGateway gateway = new TestGateway(server, manner);
        Thread.ofPlatform().daemon().name("gateway").start(gateway::acceptAll);
        return gateway;
    }

    /** Where it listens. */
    public int port() {
        return server.getLocalPort();
    }

    /** The heads of the requests so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** The echoing ends so far. */
    public List<EchoPeer> peers() {
        return List.copyOf(peers);
    }

    /** From the next connection on. */
    public void become(Manner next) {
        manner = next;
    }

    /** Cuts all connections and listens no more. */
    @Override
    public void close() throws IOException {
        ended.countDown();
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void acceptAll() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofPlatform().daemon().name("peer").start(() -> serve(socket));
            } catch (IOException ignored) { // closed, or a handshake that failed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            String head = readHead(socket.getInputStream());
            requests.add(head);
            Changes.tell();
            if (manner == Manner.SILENT) {
                int _ = socket.getInputStream().read();
                return;
            }
            socket.getOutputStream().write(answer(head).getBytes(StandardCharsets.ISO_8859_1));
            if (manner == Manner.DEAF) {
                var _ = ended.await(30, TimeUnit.SECONDS);
            } else if (manner != Manner.NOT_FOUND) {
                boolean isBare = manner == Manner.BARE_ECHO;
                EchoPeer peer = new EchoPeer(socket, isBare ? Protocol.BARE : Protocol.CULVERT_1);
                peers.add(peer);
                Changes.tell();
                peer.run();
            }
        } catch (IOException | InterruptedException ignored) { // the test cut the connection
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("end");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private String answer(String head) {
        if (manner == Manner.NOT_FOUND) {
            return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        }
        String key = header(head, "Sec-WebSocket-Key");
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                + WebSocketKeys.accept(String.valueOf(key))
                + (manner == Manner.BARE_ECHO ? "" : "\r\nSec-WebSocket-Protocol: culvert.1")
                + "\r\n\r\n";
    }

    /** The value of a header; null when the head lacks it. */
    public static @Nullable String header(String head, String name) {
        for (String line : head.split("\r\n", -1)) {
            if (line.startsWith(name + ": ")) {
                return line.substring(name.length() + 2);
            }
        }
        return null;
    }
}
