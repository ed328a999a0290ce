package io.culvert.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LibcTest {
    private static final int TCGETS = 0x5401;

    @Test
    void carriesBytesThroughAPipe() {
        try (TestPipe pipe = new TestPipe()) {
            NativeBuffer out = NativeBuffer.allocate(8);
            NativeBuffer in = NativeBuffer.allocate(8);
            out.bytes().putLong(0, 0x0102030405060708L);
            assertEquals(5, Libc.write(pipe.writeFd(), out, 1, 5));
            assertEquals(5, Libc.read(pipe.readFd(), in, 2, 6));
            for (int i = 0; i < 5; i++) {
                assertEquals(out.bytes().get(1 + i), in.bytes().get(2 + i));
            }
            assertEquals(0, in.bytes().get(0));
            assertEquals(0, in.bytes().get(7));
        }
    }

    @Test
    void answersTryAgainWhenNothingWaits() {
        try (TestPipe pipe = new TestPipe()) {
            NativeBuffer buffer = NativeBuffer.allocate(8);
            assertEquals(-Errno.EAGAIN, Libc.read(pipe.readFd(), buffer, 0, 8));
        }
    }

    @Test
    void answersTryAgainWhenThePipeIsFull() {
        try (TestPipe pipe = new TestPipe()) {
            int held = pipe.fill();
            assertTrue(held >= 4096, "held " + held);
            NativeBuffer page = NativeBuffer.allocate(4096);
            assertEquals(-Errno.EAGAIN, Libc.write(pipe.writeFd(), page, 0, 4096));
            assertEquals(held, pipe.drain());
        }
    }

    @Test
    void answersZeroAtTheEnd() {
        try (TestPipe pipe = new TestPipe()) {
            pipe.closeWrite();
            assertEquals(0, Libc.read(pipe.readFd(), NativeBuffer.allocate(1), 0, 1));
        }
    }

    @Test
    void answersBadDescriptorForTheWrongEnd() {
        try (TestPipe pipe = new TestPipe()) {
            NativeBuffer buffer = NativeBuffer.allocate(1);
            assertEquals(-Errno.EBADF, Libc.write(pipe.readFd(), buffer, 0, 1));
            assertEquals(-Errno.EBADF, Libc.read(pipe.writeFd(), buffer, 0, 1));
        }
    }

    @Test
    void neverReachesOutsideOfABuffer() {
        try (TestPipe pipe = new TestPipe()) {
            NativeBuffer buffer = NativeBuffer.allocate(8);
            assertOutside(pipe, buffer, 0, 9);
            assertOutside(pipe, buffer, 8, 1);
            assertOutside(pipe, buffer, -1, 4);
            assertOutside(pipe, buffer, 4, -1);
            assertOutside(pipe, buffer, Integer.MAX_VALUE, 2);
            assertEquals(0, Libc.write(pipe.writeFd(), buffer, 8, 0));
        }
    }

    private static void assertOutside(TestPipe pipe, NativeBuffer buffer, int offset, int length) {
        assertThrows(
                IllegalStateException.class,
                () -> Libc.read(pipe.readFd(), buffer, offset, length));
        assertThrows(
                IllegalStateException.class,
                () -> Libc.write(pipe.writeFd(), buffer, offset, length));
    }

    @Test
    void opensReadsAndClosesAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("name with blank"), "culvert");
        Map<Integer, String> before = OpenDescriptors.now();
        int fd = Libc.open(file.toString(), Libc.O_RDWR);
        assertEquals(file.toRealPath().toString(), OpenDescriptors.now().get(fd));
        NativeBuffer buffer = NativeBuffer.allocate(16);
        assertEquals(7, Libc.read(fd, buffer, 0, 16));
        assertEquals('c', buffer.bytes().get(0));
        Libc.close(fd);
        assertEquals(before, OpenDescriptors.now());
    }

    @Test
    void opensWithoutLeavingTheDescriptorToOtherPrograms(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "");
        int fd = Libc.open(file.toString(), Libc.O_RDWR);
        String info = Files.readString(Path.of("/proc/self/fdinfo/" + fd));
        Libc.close(fd);
        long flags = Long.parseLong(lineOf(info, "flags:"), 8);
        assertEquals(0x80000, flags & 0x80000, info);
    }

    @Test
    void setsNonblockingAndLeavesTheOtherFlags(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "");
        int fd = Libc.open(file.toString(), Libc.O_RDWR);
        Libc.setNonblocking(fd);
        String info = Files.readString(Path.of("/proc/self/fdinfo/" + fd));
        Libc.close(fd);
        long flags = Long.parseLong(lineOf(info, "flags:"), 8);
        assertEquals(0x800 | Libc.O_RDWR, flags & (0x800 | 3), info);
    }

    private static String lineOf(String info, String key) {
        return info.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void saysWhichFileIsMissing(@TempDir Path folder) {
        String path = folder.resolve("missing").toString();
        LibcException e = assertThrows(LibcException.class, () -> Libc.open(path, Libc.O_RDWR));
        assertEquals(Errno.ENOENT, e.errno());
        assertEquals("open " + path + ": ENOENT, no such file or directory", e.getMessage());
    }

    @Test
    void saysWhichRequestADeviceDoesNotKnow() {
        try (TestPipe pipe = new TestPipe()) {
            NativeBuffer argument = NativeBuffer.allocate(64);
            LibcException e =
                    assertThrows(
                            LibcException.class, () -> Libc.ioctl(pipe.readFd(), TCGETS, argument));
            assertEquals(Errno.ENOTTY, e.errno());
            assertTrue(
                    String.valueOf(e.getMessage()).startsWith("ioctl 0x5401: ENOTTY"),
                    e.getMessage());
        }
    }

    @Test
    void treatsClosingTwiceAsABug() {
        TestPipe pipe = new TestPipe();
        pipe.close();
        // The highest number that is surely free: nothing else may reuse it meanwhile.
        assertThrows(IllegalStateException.class, () -> Libc.close(Integer.MAX_VALUE));
    }

    @Test
    void namesErrorsAndNumbersUnknownOnes() {
        assertEquals("EBUSY, device or resource busy", Errno.text(Errno.EBUSY));
        assertEquals("error 4095", Errno.text(4095));
    }
}
