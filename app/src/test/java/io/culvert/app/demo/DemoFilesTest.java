package io.culvert.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.TunnelFile;
import io.culvert.server.config.GatewayConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFilesTest {
    private static final String PIN = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    @TempDir private Path folder;

    private DemoFiles files() throws IOException {
        DemoFiles files = DemoFiles.make(folder, "listen: [\"https://192.0.2.3:443\"]");
        Files.createDirectory(folder.resolve("culvert-state"));
        Files.writeString(files.certificate(), "certificate");
        Files.writeString(files.certificateKey(), "key");
        return files;
    }

    @Test
    void bothSidesNameEachOthersKey() throws Exception {
        DemoFiles files = files();
        GatewayConfig config = GatewayConfig.load(files.gatewayFile(), Map.of(), Map.of());
        TunnelFile gateway = TunnelFile.read(Objects.requireNonNull(config.tunnel()));

        TunnelFile laptop = TunnelFile.read(files.laptopFile("home", "wss://192.0.2.3", PIN));

        assertEquals(
                gateway.local().privateKey().publicKey(), laptop.peers().getFirst().publicKey());
        assertEquals(
                laptop.local().privateKey().publicKey(), gateway.peers().getFirst().publicKey());
    }

    @Test
    void keptFilesAreReadAsTheyAre() throws Exception {
        Path target = folder.resolve("kept");

        files().keep(target, PIN, DemoFiles.Kept.AS_ROOT);

        Path file = target.resolve("gateway.yaml");
        GatewayConfig config = GatewayConfig.load(file, Map.of(), Map.of());
        assertTrue(config.nat());
        TunnelFile.read(Objects.requireNonNull(config.tunnel()));
        TunnelFile laptop = TunnelFile.read(target.resolve("home.conf"));
        assertEquals(
                "wss://vpn.example.com/connect",
                String.valueOf(laptop.peers().getFirst().webSocket()));
        assertEquals("key", Files.readString(target.resolve("culvert-state/gateway-key.pem")));
    }

    @Test
    void filesWithKeysAreTheirOwnersOnly() throws IOException {
        files();

        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("wg0.conf"))));
    }

    @Test
    void neverReplacesAFileThatIsThere() throws IOException {
        Path target = folder.resolve("kept");
        DemoFiles files = files();
        files.keep(target, PIN, DemoFiles.Kept.AS_ROOT);

        IOException refused =
                assertThrows(
                        IOException.class, () -> files.keep(target, PIN, DemoFiles.Kept.AS_ROOT));

        assertTrue(String.valueOf(refused.getMessage()).contains("is there already"));
    }
}
