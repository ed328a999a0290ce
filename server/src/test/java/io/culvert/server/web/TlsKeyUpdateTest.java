package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.server.testkit.ManualLoop;
import io.culvert.server.tls.GatewayTls;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.BufferUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client of TLS 1.3 that wants new keys while the socket takes nothing. */
final class TlsKeyUpdateTest {
    private static final int MOST_ROUNDS = 200;

    @TempDir private Path folder;

    private final ManualLoop loop = new ManualLoop();
    private final ByteArrayEndPoint socket = new ByteArrayEndPoint(new byte[0], 1 << 16);
    private final List<String> told = new ArrayList<>();

    @Test
    void waitsForTheSocketInsteadOfSpinning() throws Exception {
        GatewayTls tls = GatewayTls.open(null, folder, Instant.now());
        tls.contexts().start();
        SSLEngine client = client();
        SSLEngine server = tls.contexts().newSSLEngine();
        server.setUseClientMode(false);
        SslConnection connection =
                new SslConnection(
                        new ArrayByteBufferPool(), Runnable::run, tls.contexts(), socket, server);
        JettyByteStream stream =
                new JettyByteStream(
                        connection.getSslEndPoint(), loop, BufferUtil.allocate(40_000), owner());
        stream.start(7);
        ManualLoop.Bond bond = loop.bonds.get(0);
        shakeHands(client, bond);
        send(client, "before");
        bond.listener.onReady(true, false);
        assertEquals(List.of("before"), told);

        byte[] much = new byte[1 << 17]; // fills the socket
        stream.write(much, 0, much.length);
        assertFalse(stream.isWritable());
        client.beginHandshake(); // with TLS 1.3: KeyUpdate, update_requested
        send(client, "after");
        for (int i = 0; i < 3; i++) {
            bond.listener.onReady(true, false);
        }
        assertFalse(bond.readable, "the loop would spin");
        assertTrue(bond.writable);
        for (int i = 0; i < MOST_ROUNDS && bond.writable; i++) {
            socket.takeOutput();
            bond.listener.onReady(false, true);
            loop.runTasks();
        }
        assertEquals(List.of("before", "after"), told);
        assertTrue(bond.readable);
        tls.contexts().stop();
    }

    private void shakeHands(SSLEngine client, ManualLoop.Bond bond) throws Exception {
        client.beginHandshake();
        for (int i = 0; i < MOST_ROUNDS; i++) {
            HandshakeStatus status = client.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                client.getDelegatedTask().run();
            } else if (status == HandshakeStatus.NEED_WRAP) {
                send(client, "");
                bond.listener.onReady(true, false);
                loop.runTasks();
            } else if (status == HandshakeStatus.NEED_UNWRAP) {
                unwrap(client);
            } else {
                return;
            }
        }
        throw new AssertionError("no handshake: " + client.getHandshakeStatus());
    }

    private ByteBuffer received = BufferUtil.allocate(0);

    private void unwrap(SSLEngine client) throws Exception {
        ByteBuffer more = socket.takeOutput();
        ByteBuffer all = ByteBuffer.allocate(received.remaining() + more.remaining());
        received = all.put(received).put(more).flip();
        client.unwrap(received, ByteBuffer.allocate(40_000));
    }

    /** Wraps all that the client's engine has to say, the text last. */
    private void send(SSLEngine client, String text) throws Exception {
        ByteBuffer plain = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < MOST_ROUNDS; i++) {
            ByteBuffer record = ByteBuffer.allocate(40_000);
            SSLEngineResult result = client.wrap(plain, record);
            socket.addInput(record.flip());
            if (result.getHandshakeStatus() != HandshakeStatus.NEED_WRAP && !plain.hasRemaining()) {
                return;
            }
        }
    }

    private static SSLEngine client() throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        return engine;
    }

    private JettyByteStream.Owner owner() {
        return new JettyByteStream.Owner() {
            @Override
            public void onBytes(byte[] array, int offset, int length) {
                told.add(new String(array, offset, length, StandardCharsets.US_ASCII));
            }

            @Override
            public void onWritable() {}

            @Override
            public void onClosed(boolean whole) {
                told.add("closed");
            }
        };
    }

    /** Trusts the certificate made for the test. */
    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
