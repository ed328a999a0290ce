package io.culvert.client.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What lies behind the tunnel of a {@link FrontLab}: real servers on loopback. Thread-safe. */
final class FrontTargets implements AutoCloseable {
    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> questions = new CopyOnWriteArrayList<>();
    private final HttpServer web;
    private final ServerSocket echo;
    private final DatagramSocket udpEcho;
    private final ServerSocket dnsTcp;
    private final DatagramSocket dnsUdp;

    FrontTargets() {
        try {
            web = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
            echo = new ServerSocket(0, 100, loopback);
            udpEcho = new DatagramSocket(0, loopback);
            dnsTcp = new ServerSocket(0, 100, loopback);
            dnsUdp = new DatagramSocket(dnsTcp.getLocalPort(), loopback);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        web.createContext("/bytes/", FrontTargets::giveBytes);
        web.createContext("/echo", FrontTargets::giveBack);
        web.setExecutor(threads);
        web.start();
        threads.execute(() -> accept(echo, FrontTargets::echo));
        threads.execute(() -> accept(dnsTcp, this::answerTcp));
        threads.execute(this::echoDatagrams);
        threads.execute(this::answerDatagrams);
    }

    int webPort() {
        return web.getAddress().getPort();
    }

    int echoPort() {
        return echo.getLocalPort();
    }

    int udpEchoPort() {
        return udpEcho.getLocalPort();
    }

    int dnsPort() {
        return dnsUdp.getLocalPort();
    }

    long questionsFor(String name) {
        return questions.stream().filter(name::equals).count();
    }

    private static void giveBytes(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = FrontLab.bytes(Integer.parseInt(path.substring("/bytes/".length())));
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static void giveBack(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** Talks with one client. */
    private interface Talk {
        void with(Socket client) throws IOException;
    }

    private void accept(ServerSocket server, Talk talk) {
        try {
            while (true) {
                Socket client = server.accept();
                threads.execute(() -> {
                    try (client) {
                        talk.with(client);
                    } catch (IOException ignored) { // the client's reset
                    }
                });
            }
        } catch (IOException ignored) { // closed: the end
        }
    }

    private static void echo(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        byte[] buffer = new byte[16_384];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            client.getOutputStream().write(buffer, 0, n);
        }
        client.shutdownOutput();
    }

    private void echoDatagrams() {
        byte[] buffer = new byte[65_536];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udpEcho.receive(packet);
                udpEcho.send(packet);
            }
        } catch (IOException ignored) { // closed: the end
        }
    }

    private void answerDatagrams() {
        byte[] buffer = new byte[4_096];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                dnsUdp.receive(packet);
                byte[] reply = answer(Arrays.copyOf(buffer, packet.getLength()));
                dnsUdp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            }
        } catch (IOException ignored) { // closed: the end
        }
    }

    private void answerTcp(Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] reply = answer(in.readNBytes(in.readUnsignedShort()));
        client.getOutputStream().write(new byte[] {0, (byte) reply.length});
        client.getOutputStream().write(reply);
    }

    private byte[] answer(byte[] query) {
        questions.add(DnsReplies.name(query));
        return DnsReplies.asksIpv6(query)
                ? DnsReplies.to(query).nothing(60, 60).bytes()
                : DnsReplies.addresses(query, 60, "10.9.0.1");
    }

    @Override
    public void close() throws IOException {
        web.stop(0);
        echo.close();
        udpEcho.close();
        dnsTcp.close();
        dnsUdp.close();
        threads.shutdownNow();
    }
}
