package io.culvert.libc;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** A pipe whose ends do not block, for tests of descriptors. Confined to one thread at a time. */
public final class TestPipe implements AutoCloseable {
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;

    static {
        Native.register(TestPipe.class, NativeLibrary.getProcess());
    }

    private final NativeBuffer one = NativeBuffer.allocate(1);
    private final int readFd;
    private final int writeFd;
    private boolean readOpen = true;
    private boolean writeOpen = true;

    public TestPipe() {
        int[] ends = new int[2];
        if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0) {
            throw new IllegalStateException("pipe2: " + Errno.text(Native.getLastError()));
        }
        readFd = ends[0];
        writeFd = ends[1];
    }

    private static native int pipe2(int[] ends, int flags);

    public int readFd() {
        return readFd;
    }

    public int writeFd() {
        return writeFd;
    }

    /** Makes the reading end readable. */
    public void put(int value) {
        one.bytes().put(0, (byte) value);
        if (Libc.write(writeFd, one, 0, 1) != 1) {
            throw new IllegalStateException("the pipe is full");
        }
    }

    /** The next byte, or a negated error number. */
    public int take() {
        int count = Libc.read(readFd, one, 0, 1);
        return count == 1 ? one.bytes().get(0) & 0xff : count;
    }

    /** Writes until nothing more fits; how many bytes that were. */
    public int fill() {
        NativeBuffer page = NativeBuffer.allocate(4096);
        int sum = 0;
        int count = Libc.write(writeFd, page, 0, page.size());
        while (count > 0) {
            sum += count;
            count = Libc.write(writeFd, page, 0, page.size());
        }
        return sum;
    }

    /** Reads all that is there; how many bytes that were. */
    public int drain() {
        NativeBuffer page = NativeBuffer.allocate(4096);
        int sum = 0;
        int count = Libc.read(readFd, page, 0, page.size());
        while (count > 0) {
            sum += count;
            count = Libc.read(readFd, page, 0, page.size());
        }
        return sum;
    }

    public void closeRead() {
        if (readOpen) {
            readOpen = false;
            Libc.close(readFd);
        }
    }

    public void closeWrite() {
        if (writeOpen) {
            writeOpen = false;
            Libc.close(writeFd);
        }
    }

    @Override
    public void close() {
        closeRead();
        closeWrite();
    }
}
