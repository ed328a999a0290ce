package io.culvert.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.culvert.config.Endpoint;
import io.culvert.config.TunnelFile;
import io.culvert.control.InterfaceStatus;
import io.culvert.control.InterfaceStatus.CarrierStatus;
import io.culvert.control.InterfaceStatus.PeerStatus;
import io.culvert.crypto.PublicKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code SaveConfig} writes, and when it writes nothing. */
class SavedConfigTest {
    private static final String KEY = "HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=";
    private static final String TEXT =
            """
            # mine
            [Interface]
            PrivateKey = gI6EdUSYvn8ugXOt8QQD6Yc+JyiZxIhp3GInSWRfWGE=
            SaveConfig = true
            [Peer]
            PublicKey = %s
            Endpoint = vpn.example.com:51820
            """
                    .formatted(KEY);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    @Test
    void writesPortAndEndpointOfNowForTheOwnerOnly() throws Exception {
        TunnelFile file = file(TEXT);

        SavedConfig.save(file, status("udp", "192.0.2.7:4711", 5555));

        TunnelFile saved = TunnelFile.read(file.path());
        assertEquals(5555, saved.local().listenPort());
        assertEquals(new Endpoint("192.0.2.7", 4711), saved.peers().getFirst().endpoint());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())));
        assertEquals(List.of(file.path()), List.of(folder.toFile().listFiles()[0].toPath()));
    }

    @Test
    void gatewayKeepsItsPortInItsOwnFile() throws Exception {
        TunnelFile file = file(TEXT);

        SavedConfig.saveEndpoints(file, status("udp", "192.0.2.7:4711", 5555));

        assertEquals(null, TunnelFile.read(file.path()).local().listenPort());
        assertNotEquals(TEXT, Files.readString(file.path()));
    }

    @Test
    void leavesTheFileWithItsCommentsWhenNothingIsDifferent() throws Exception {
        TunnelFile file = file(TEXT);

        SavedConfig.save(file, status("wss", "192.0.2.7:443", null));

        assertEquals(TEXT, Files.readString(file.path()));
    }

    @Test
    void leavesTheFileWhenItDoesNotAsk() throws Exception {
        String text = TEXT.replace("SaveConfig = true", "SaveConfig = false");
        TunnelFile file = file(text);

        SavedConfig.save(file, status("udp", "192.0.2.7:4711", 5555));

        assertEquals(text, Files.readString(file.path()));
    }

    @Test
    void knowsEndpointsOfUdpOnly() throws Exception {
        PublicKey key = PublicKey.parse(KEY);

        assertEquals(
                Map.of(key, new Endpoint("2001:db8::7", 1)),
                SavedConfig.endpoints(status("udp", "[2001:db8::7]:1", null).join()));
        assertEquals(Map.of(), SavedConfig.endpoints(status("wss", "192.0.2.7:443", null).join()));
        assertEquals(Map.of(), SavedConfig.endpoints(status("udp", null, null).join()));
    }

    private TunnelFile file(String text) throws Exception {
        Path path = Files.writeString(folder.resolve("home.conf"), text);
        return TunnelFile.read(path);
    }

    private static CompletableFuture<InterfaceStatus> status(
            String kind, @Nullable String endpoint, @Nullable Integer port) {
        CarrierStatus carrier =
                new CarrierStatus(kind, null, endpoint, "up", "2026-01-01T00:00:00Z", null, null);
        PeerStatus peer =
                new PeerStatus(KEY, endpoint, carrier, List.of(), null, 0, 0, null, Map.of());
        return CompletableFuture.completedFuture(
                new InterfaceStatus("home", KEY, port, List.of(peer), Map.of(), null));
    }
}
