package io.culvert.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.TunnelFile;
import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.noise.CookieGenerator;
import io.culvert.noise.InitiationSent;
import io.culvert.noise.LocalIdentity;
import io.culvert.noise.RemoteIdentity;
import io.culvert.server.config.GatewayConfig;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.wire.Initiation;
import io.culvert.wire.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of one proxy: what one of them does too often is not laid to the other. */
@Tag("loopback")
@Timeout(60)
final class NeighboursIT {
    private static final int NOISE = 3000;

    private final SecureRandom random = new SecureRandom();
    private final PrivateKey gatewayKey = PrivateKey.generate(random);
    private final LocalIdentity quiet = new LocalIdentity(PrivateKey.generate(random));
    private final TimestampSource timestamps = new TimestampSource(WallClock.system());

    @TempDir private Path folder;

    @Test
    void theForwardedAddressIsWhatIsLimited() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                Gateway gateway = start()) {
            Client noisy = connect(http, gateway, "6.6.6.6");
            Client noisyToo = connect(http, gateway, "6.6.6.6");
            Client neighbour = connect(http, gateway, "9.9.9.9");
            noise(noisy, NOISE / 2);
            noise(noisyToo, NOISE / 2);
            isAnswered(neighbour);
            assertEquals(0, noisy.answers.size() + noisyToo.answers.size(), "not even a cookie");
            assertTrue(limited(gateway) > NOISE / 2, limited(gateway) + " limited");
            isLimited(noisyToo, gateway);
        }
    }

    @Test
    void aProxyThatSaysNothingIsNotOneClient() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                Gateway gateway = start()) {
            Client noisy = connect(http, gateway, null);
            Client neighbour = connect(http, gateway, null);
            noise(noisy, NOISE);
            isAnswered(neighbour);
            isLimited(noisy, gateway);
        }
    }

    private void noise(Client from, int messages) {
        LocalIdentity nobody = new LocalIdentity(PrivateKey.generate(random));
        byte[] initiation = initiation(nobody);
        for (int i = 0; i < messages; i++) {
            from.send(initiation);
        }
    }

    /** At once: under load a second try would come after five seconds. */
    private void isAnswered(Client client) throws InterruptedException {
        client.send(initiation(quiet));
        byte[] answer = client.answers.poll(20, TimeUnit.SECONDS);
        assertNotNull(answer, "no answer");
        assertEquals(Response.LENGTH, answer.length);
    }

    /** Its own messages are refused, known key or not. */
    private void isLimited(Client client, Gateway gateway) throws Exception {
        long before = limited(gateway);
        noise(client, 100);
        while (limited(gateway) < before + 50) {
            Thread.onSpinWait(); // until the test's time is over
        }
    }

    private static long limited(Gateway gateway) throws Exception {
        Map<String, Long> drops = gateway.status().get(5, TimeUnit.SECONDS).drops();
        return drops.getOrDefault("rate-limited", 0L);
    }

    private byte[] initiation(LocalIdentity caller) {
        RemoteIdentity callee =
                new RemoteIdentity(caller, gatewayKey.publicKey(), PresharedKey.NONE);
        byte[] message = new byte[Initiation.LENGTH];
        var start = new InitiationSent.Start(1, timestamps.next());
        InitiationSent.begin(caller, callee, start, random, message);
        new CookieGenerator(callee).addMacs(message, message.length, 0);
        return message;
    }

    private Client connect(HttpClient http, Gateway gateway, @Nullable String forwardedFor) {
        String address = gateway.listening().getFirst().replaceFirst("^http", "ws");
        Client client = new Client();
        WebSocket.Builder builder = http.newWebSocketBuilder();
        if (forwardedFor != null) {
            builder.header("X-Forwarded-For", forwardedFor);
        }
        client.socket = builder.buildAsync(URI.create(address + "/connect"), client).join();
        return client;
    }

    private Gateway start() throws Exception {
        Path yaml = folder.resolve("gateway.yaml");
        Files.writeString(
                yaml,
                """
                tunnel: wg0.conf
                listen: ['http://127.0.0.1:0']
                trustedProxies: [127.0.0.0/8]
                door: open
                """);
        Files.writeString(
                folder.resolve("wg0.conf"),
                "[Interface]\nPrivateKey = %s\n[Peer]\nPublicKey = %s\n"
                        .formatted(gatewayKey.toBase64(), quiet.publicKey().toBase64()));
        GatewayConfig config = GatewayConfig.load(yaml, Map.of(), Map.of());
        TunnelFile file = TunnelFile.read(Objects.requireNonNull(config.tunnel()));
        Path socket = folder.resolve("wg0.sock");
        return Gateway.start(
                new GatewaySetup(
                        config, file, new SilentTun(), 1420, 0, folder, socket, new UUID(1, 1)));
    }

    /** A client made by others, in bare mode. Thread-safe once connected. */
    private static final class Client implements WebSocket.Listener {
        final LinkedBlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();

        @SuppressWarnings("NullAway.Init") // set before anything else is asked of it
        WebSocket socket;

        void send(byte[] datagram) {
            socket.sendBinary(ByteBuffer.wrap(datagram), true).join();
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket from, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            answers.add(bytes);
            from.request(1);
            return null;
        }
    }
}
