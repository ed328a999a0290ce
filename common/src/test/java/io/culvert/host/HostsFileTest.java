package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostsFileTest {
    @TempDir private Path dir;

    @Test
    void comesBackAsItWasWritten() throws Exception {
        HostsFile file = new HostsFile(new RunDir(dir), "wg0");
        assertEquals(Map.of(), file.read());

        file.write(Map.of("old.example", List.of("192.0.2.1")));
        Map<String, List<String>> hosts =
                Map.of("vpn.example.com", List.of("192.0.2.7", "2001:db8::7"));
        file.write(hosts);

        assertEquals(hosts, file.read());
        Path path = dir.resolve("wg0.hosts");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        assertEquals(1, dir.toFile().list().length);
        file.delete();
        file.delete();
        assertEquals(Map.of(), file.read());
    }

    @Test
    void whatCannotBeReadIsNothing() throws Exception {
        Files.writeString(dir.resolve("wg0.hosts"), "{\"a\": [");
        assertEquals(Map.of(), new HostsFile(new RunDir(dir), "wg0").read());
    }
}
