package io.culvert.libc;

import com.sun.jna.Native;
import java.lang.ref.Reference;

/**
 * System calls on file descriptors. Thread-safe (stateless); a buffer belongs to the calling thread
 * during the call.
 */
public final class Libc {
    public static final int O_RDWR = 2;

    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;

    private Libc() {}

    /** Opens a file that exists; the caller closes the descriptor. Programs do not inherit it. */
    public static int open(String path, int flags) throws LibcException {
        int fd;
        do {
            fd = NativeCalls.open(path, flags | O_CLOEXEC, 0);
        } while (fd < 0 && wasInterrupted());
        return checked("open " + path, fd);
    }

    /** Closes the descriptor, whose number may at once come to mean another file. */
    public static void close(int fd) {
        // Linux has let go of the descriptor whatever the result, so there is nothing to repeat;
        // only a number that is not open at all tells of a bug.
        if (NativeCalls.close(fd) < 0 && Native.getLastError() == Errno.EBADF) {
            throw new IllegalStateException("descriptor " + fd + " is not open");
        }
    }

    /** Reads into the buffer; the count of bytes (0 at the end), or a negated error number. */
    public static int read(int fd, NativeBuffer buffer, int offset, int length) {
        long address = buffer.address(offset, length);
        try {
            long count;
            do {
                count = NativeCalls.read(fd, address, length);
            } while (count < 0 && wasInterrupted());
            return count < 0 ? -Native.getLastError() : (int) count;
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    /** Writes from the buffer; the count of bytes, or a negated error number. */
    public static int write(int fd, NativeBuffer buffer, int offset, int length) {
        long address = buffer.address(offset, length);
        try {
            long count;
            do {
                count = NativeCalls.write(fd, address, length);
            } while (count < 0 && wasInterrupted());
            return count < 0 ? -Native.getLastError() : (int) count;
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    /** A device request whose argument is a structure, which the call may change. */
    public static void ioctl(int fd, int request, NativeBuffer argument) throws LibcException {
        try {
            ioctlByValue(fd, request, argument.address(0, argument.size()));
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    /** A device request whose argument is a number. */
    public static void ioctlByValue(int fd, int request, long argument) throws LibcException {
        int result;
        do {
            result = NativeCalls.ioctl(fd, Integer.toUnsignedLong(request), argument);
        } while (result < 0 && wasInterrupted());
        if (result < 0) {
            throw failure("ioctl 0x" + Integer.toHexString(request));
        }
    }

    /** Makes reads and writes answer {@link Errno#EAGAIN} where they would wait. */
    public static void setNonblocking(int fd) throws LibcException {
        int flags = checked("fcntl F_GETFL", NativeCalls.fcntl(fd, F_GETFL, 0));
        if (NativeCalls.fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
            throw failure("fcntl F_SETFL");
        }
    }

    static boolean wasInterrupted() {
        return Native.getLastError() == Errno.EINTR;
    }

    static LibcException failure(String call) {
        return new LibcException(call, Native.getLastError());
    }

    private static int checked(String call, int result) throws LibcException {
        if (result < 0) {
            throw failure(call);
        }
        return result;
    }
}
