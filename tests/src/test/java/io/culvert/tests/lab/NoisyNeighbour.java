package io.culvert.tests.lab;

import io.culvert.config.TunnelFile;
import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.door.Knock;
import io.culvert.noise.CookieGenerator;
import io.culvert.noise.InitiationSent;
import io.culvert.noise.LocalIdentity;
import io.culvert.noise.RemoteIdentity;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.wire.Initiation;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A client that knows the gateway's public key and nothing else, and sends initiations through one
 * WebSocket as fast as it can, for two minutes at most. A program of its own, so that it can run in
 * a namespace, from an address of its own.
 */
public final class NoisyNeighbour {
    private static final long LONGEST_NS = 120_000_000_000L;

    private NoisyNeighbour() {}

    /** Starts it in the client's namespace; it says {@code noisy} when it has begun. */
    public static Running start(Outside outside, String url, String from, Path gatewayFile) {
        Running running =
                outside.client()
                        .start(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Djdk.internal.httpclient.disableHostnameVerification=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                NoisyNeighbour.class.getName(),
                                url,
                                from,
                                gatewayFile.toString());
        running.awaitLine("^noisy", Duration.ofSeconds(30));
        return running;
    }

    /** URL, address to come from, the gateway's tunnel file (of which the public key is read). */
    public static void main(String[] args) throws Exception {
        SecureRandom random = new SecureRandom();
        PrivateKey gateway = TunnelFile.read(Path.of(args[2])).local().privateKey();
        LocalIdentity caller = new LocalIdentity(PrivateKey.generate(random));
        RemoteIdentity callee = new RemoteIdentity(caller, gateway.publicKey(), PresharedKey.NONE);
        byte[] message = new byte[Initiation.LENGTH];
        TimestampSource timestamps = new TimestampSource(WallClock.system());
        var start = new InitiationSent.Start(1, timestamps.next());
        InitiationSent.begin(caller, callee, start, random, message);
        new CookieGenerator(callee).addMacs(message, message.length, 0);
        String token =
                Knock.make(gateway.publicKey().bytes(), WallClock.system().now().getEpochSecond());
        try (HttpClient http =
                HttpClient.newBuilder()
                        .localAddress(InetAddress.ofLiteral(args[1]))
                        .sslContext(trustingAll())
                        .build()) {
            WebSocket socket =
                    http.newWebSocketBuilder()
                            .header("Authorization", "Bearer " + token)
                            .buildAsync(URI.create(args[0]), new WebSocket.Listener() {})
                            .join();
            long beganNs = System.nanoTime();
            for (long sent = 0; System.nanoTime() - beganNs < LONGEST_NS; sent++) {
                socket.sendBinary(ByteBuffer.wrap(message), true).join();
                if (sent == 1000) {
                    System.err.println("noisy");
                }
            }
        }
    }

    private static SSLContext trustingAll() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, List.of(new Trusting()).toArray(new TrustManager[0]), null);
        return context;
    }

    /** Whom it talks to is the test's business. */
    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] c, String t, java.net.Socket s) {}

        @Override
        public void checkServerTrusted(X509Certificate[] c, String t, java.net.Socket s) {}

        @Override
        public void checkClientTrusted(X509Certificate[] c, String t, SSLEngine e) {}

        @Override
        public void checkServerTrusted(X509Certificate[] c, String t, SSLEngine e) {}

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
