package io.culvert.app.run;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("loopback")
class ListenPortIT {
    private static final String KEY = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
    private static final String PEER = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

    @TempDir private Path folder;

    private Path write(int port, String endpoint) throws Exception {
        Path path = folder.resolve("home.conf");
        String text =
                "[Interface]\nPrivateKey = %s\nAddress = 10.8.0.2/32\nListenPort = %d\n"
                        .formatted(KEY, port);
        return Files.writeString(
                path, text + "[Peer]\nPublicKey = %s\nEndpoint = %s\n".formatted(PEER, endpoint));
    }

    @Test
    void portThatAnotherProgramHasIsRefusedWithItsLine() throws Exception {
        try (DatagramChannel other = DatagramChannel.open().bind(new InetSocketAddress(0))) {
            int port = ((InetSocketAddress) other.getLocalAddress()).getPort();
            Path path = write(port, "192.0.2.1:51820");
            TunnelFile file = TunnelFile.read(path);
            ConfigException refused =
                    assertThrows(ConfigException.class, () -> ListenPort.requireFree(path, file));
            assertEquals(4, refused.line());
            assertEquals("ListenPort", refused.key());
            assertTrue(
                    String.valueOf(refused.getMessage()).startsWith(path + ":4: udp port " + port));

            Path web = write(port, "wss://gw.test/connect");
            TunnelFile unused = TunnelFile.read(web);
            assertDoesNotThrow(() -> ListenPort.requireFree(web, unused));
        }
    }

    @Test
    void freePortIsLeftFree() throws Exception {
        int port;
        try (DatagramChannel other = DatagramChannel.open().bind(new InetSocketAddress(0))) {
            port = ((InetSocketAddress) other.getLocalAddress()).getPort();
        }
        Path path = write(port, "192.0.2.1:51820");
        TunnelFile file = TunnelFile.read(path);
        ListenPort.requireFree(path, file);
        ListenPort.requireFree(path, file);
    }
}
