package io.culvert.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.control.InterfaceStatus.PeerStatus;
import io.culvert.server.config.GatewayConfig;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole gateway whose inside is silent. */
@Tag("loopback")
@Timeout(30)
final class GatewayIT {
    @TempDir private Path folder;

    @Test
    void callsEachPeerFromAListenerOfItsFamilyAndWaitsForTheOthers() throws Exception {
        String listen = "['udp://127.0.0.1:0', 'udp://[::1]:0']";
        try (Gateway gateway = start(listen, "127.0.0.1:9", "[::1]:9", "no.such.host.invalid:9")) {
            List<PeerStatus> peers = gateway.status().get(5, TimeUnit.SECONDS).peers();
            assertEquals("127.0.0.1:9", peers.get(0).endpoint());
            assertTrue(String.valueOf(peers.get(1).endpoint()).endsWith("]:9"));
            assertNull(peers.get(2).endpoint());
            assertEquals(2, gateway.listening().size());
        }
        try (Gateway gateway = start("['udp://127.0.0.1:0']", "[::1]:9", "localhost:9")) {
            List<PeerStatus> peers = gateway.status().get(5, TimeUnit.SECONDS).peers();
            assertNull(peers.get(0).endpoint(), "no listener of that family");
            assertNotNull(peers.get(1).endpoint());
        }
    }

    @Test
    void saysWhereATakenUdpPortIsConfigured() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String listen = "['udp://127.0.0.1:" + taken.getLocalPort() + "']";
            ConfigException refusal =
                    assertThrows(ConfigException.class, () -> start(listen).close());
            String told = String.valueOf(refusal.getMessage());
            assertTrue(
                    told.startsWith(folder.resolve("gateway.yaml") + ":2: listen: udp://"), told);
            assertTrue(told.contains("end the program that listens there"), told);
        }
    }

    private Gateway start(String listen, String... endpoints) throws Exception {
        Path yaml = folder.resolve("gateway.yaml");
        Files.writeString(yaml, "tunnel: wg0.conf\nlisten: " + listen + "\n");
        StringBuilder text = new StringBuilder("[Interface]\nPrivateKey = " + key(1) + "\n");
        for (int i = 0; i < endpoints.length; i++) {
            text.append("[Peer]\nPublicKey = ").append(key(10 + i));
            text.append("\nEndpoint = ").append(endpoints[i]).append('\n');
        }
        Files.writeString(folder.resolve("wg0.conf"), text);
        GatewayConfig config = GatewayConfig.load(yaml, Map.of(), Map.of());
        TunnelFile file = TunnelFile.read(Objects.requireNonNull(config.tunnel()));
        Path socket = folder.resolve("wg0.sock");
        UUID instance = new UUID(1, 1);
        SilentTun tun = new SilentTun();
        try {
            return Gateway.start(
                    new GatewaySetup(config, file, tun, 1420, 0, folder, socket, instance));
        } catch (ConfigException e) {
            assertTrue(tun.isClosed);
            assertFalse(Files.exists(socket));
            throw e;
        }
    }

    /** A key of 32 bytes of this value. */
    private static String key(int value) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
