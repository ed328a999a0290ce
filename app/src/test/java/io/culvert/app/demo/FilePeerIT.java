package io.culvert.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("loopback")
class FilePeerIT {
    private static final int LENGTH = 3 << 20;

    @TempDir private Path folder;

    private InetSocketAddress serve(Path file) throws IOException {
        InetSocketAddress address;
        try (ServerSocket probe = new ServerSocket(0)) {
            address = FilePeer.at("127.0.0.1", probe.getLocalPort());
        }
        PipedReader reader = new PipedReader();
        PrintWriter err = new PrintWriter(new PipedWriter(reader), true);
        Thread.ofPlatform()
                .daemon()
                .name("file-peer")
                .start(() -> {
                    try {
                        FilePeer.serve(address, file, err);
                    } catch (IOException e) {
                        err.println(e);
                    }
                });
        assertTrue(new Scanner(reader).nextLine().startsWith("ready"));
        return address;
    }

    private Path file(String name, int fill) throws IOException {
        byte[] content = new byte[LENGTH];
        java.util.Arrays.fill(content, (byte) fill);
        return Files.write(folder.resolve(name), content);
    }

    @Test
    void sameFileArrivesBothWays() throws IOException {
        Path file = file("a", 7);
        InetSocketAddress server = serve(file);

        FilePeer.Transfer down = FilePeer.download(server, file, MonotonicClock.system());
        FilePeer.Transfer up = FilePeer.upload(server, file, MonotonicClock.system());

        assertTrue(down.isSame());
        assertTrue(up.isSame());
        assertEquals(LENGTH, down.bytes());
        assertEquals(down.sha256(), up.sha256());
    }

    @Test
    void anotherFileIsTold() throws IOException {
        InetSocketAddress server = serve(file("a", 7));

        Path other = file("b", 8);

        assertFalse(FilePeer.download(server, other, MonotonicClock.system()).isSame());
    }
}
