package io.culvert.libc;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;

/**
 * The C functions themselves, bound by JNA's direct mapping. Addresses are plain longs: a pointer
 * object a call would cost more than the call. Thread-safe (stateless).
 */
final class NativeCalls {
    static {
        if (!Platform.isLinux() || Native.POINTER_SIZE != Long.BYTES) {
            throw new IllegalStateException(
                    "this needs 64-bit Linux, not "
                            + System.getProperty("os.name")
                            + " on "
                            + System.getProperty("os.arch"));
        }
        // The process itself: libc is loaded already, whatever its file is called.
        Native.register(NativeCalls.class, NativeLibrary.getProcess());
    }

    private NativeCalls() {}

    static native int open(String path, int flags, int mode);

    static native int close(int fd);

    static native long read(int fd, long address, long length);

    static native long write(int fd, long address, long length);

    static native int ioctl(int fd, long request, long argument);

    static native int fcntl(int fd, int command, long argument);

    static native int eventfd(int initial, int flags);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epollFd, int operation, int fd, long event);

    static native int epoll_wait(int epollFd, long events, int maxEvents, int timeoutMs);

    static native int setsockopt(int fd, int level, int name, long value, int length);

    static native int getsockopt(int fd, int level, int name, long value, long length);

    static native int socket(int family, int type, int protocol);

    static native int bind(int fd, long address, int length);

    static native int connect(int fd, long address, int length);

    static native int shutdown(int fd, int how);

    static native long recv(int fd, long address, long length, int flags);

    static native int getsockname(int fd, long address, long length);

    static native int sendmmsg(int fd, long messages, int count, int flags);

    static native int recvmmsg(int fd, long messages, int count, int flags, long timeout);

    @SuppressWarnings("checkstyle:ParameterNumber") // C's
    static native long mmap(
            long address, long length, int protection, int flags, int fd, long offset);

    static native int munmap(long address, long length);

    static native int madvise(long address, long length, int advice);

    static native int clock_gettime(int clock, long timespec);

    static native int getrlimit(int resource, long limits);

    static native int setrlimit(int resource, long limits);
}
