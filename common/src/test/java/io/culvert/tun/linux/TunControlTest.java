package io.culvert.tun.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.libc.OpenDescriptors;
import io.culvert.libc.TestPipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TunControlTest {
    @Test
    void saysHowToGetAMissingControlDevice(@TempDir Path folder) throws Exception {
        Map<Integer, String> before = OpenDescriptors.now();
        String path = folder.resolve("tun").toString();
        String message = failure(path, "cvt0");
        assertTrue(message.startsWith(path + " is missing: "), message);
        assertTrue(message.contains("modprobe tun"), message);
        assertTrue(message.contains("--device /dev/net/tun"), message);
        assertEquals(before, OpenDescriptors.now());
    }

    @Test
    void closesAFileThatIsNoControlDevice(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("tun"), "");
        Map<Integer, String> before = OpenDescriptors.now();
        String message = failure(file.toString(), "cvt0");
        assertTrue(message.startsWith("interface cvt0: ioctl"), message);
        assertEquals(before, OpenDescriptors.now());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sixteen-letters-",
                "a b",
                "a/b",
                "a:b",
                ".",
                "..",
                "t\u00fcnnel",
                "a\0b"
            })
    void refusesANameThatNoInterfaceCanHave(String name, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("tun"), "");
        String message = failure(file.toString(), name);
        assertTrue(message.startsWith("interface name \"" + name + "\": must be"), message);
    }

    private static String failure(String path, String name) {
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> LinuxTun.open(path, name, Offloads.TCP_AND_UDP).close());
        return String.valueOf(e.getMessage());
    }

    @Test
    void refusesToAttachWhatIsNoTunAndLeavesItOpen() {
        try (TestPipe pipe = new TestPipe()) {
            IOException e =
                    assertThrows(IOException.class, () -> LinuxTun.attach(pipe.readFd()).close());
            assertEquals(
                    "descriptor " + pipe.readFd() + " is not a TUN device that is set up",
                    e.getMessage());
            pipe.put(1);
            assertEquals(1, pipe.take());
        }
    }

    @Test
    void asksForLessWhenTheKernelRefuses() {
        assertEquals(Offloads.TCP, Offloads.TCP_AND_UDP.less());
        assertEquals(Offloads.NONE, Offloads.TCP.less());
        assertEquals(0x67, Offloads.TCP_AND_UDP.features());
        assertEquals(0x07, Offloads.TCP.features());
        assertEquals(0, Offloads.NONE.features());
    }
}
