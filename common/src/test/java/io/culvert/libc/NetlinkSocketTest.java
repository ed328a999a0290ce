package io.culvert.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That changes are heard is proved in network namespaces (SurvivalInteropIT). */
final class NetlinkSocketTest {
    /** The bits of 0x551: the kernel lists each socket with the groups that it listens to. */
    private static final String GROUPS = "00000551";

    @Test
    void listensToLinksAddressesAndRoutes() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            assertTrue(socket.fd() >= 0);
            String link = Files.readSymbolicLink(fd(socket)).toString();
            String inode = link.substring("socket:[".length(), link.length() - 1);
            List<String> mine =
                    Files.readAllLines(Path.of("/proc/net/netlink")).stream()
                            .filter(line -> line.strip().endsWith(" " + inode))
                            .toList();
            assertEquals(1, mine.size(), link);
            List<String> columns = List.of(mine.getFirst().strip().split(" +", -1));
            assertEquals("0", columns.get(1), "NETLINK_ROUTE");
            assertEquals(GROUPS, columns.get(3));
        }
    }

    @Test
    void readingDoesNotWait() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            boolean changed = true; // this machine's network may just be changing
            for (int i = 0; i < 1_000 && changed; i++) {
                changed = socket.drain();
            }
            assertTrue(!changed);
        }
    }

    @Test
    void closingGivesTheDescriptorBack() throws Exception {
        NetlinkSocket socket = NetlinkSocket.open();
        socket.close();
        assertThrows(IllegalStateException.class, () -> Libc.close(socket.fd()));
    }

    private static Path fd(NetlinkSocket socket) {
        return Path.of("/proc/self/fd/" + socket.fd());
    }
}
