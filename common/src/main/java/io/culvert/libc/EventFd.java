package io.culvert.libc;

/**
 * A descriptor that one thread makes readable to wake another (eventfd(2)). {@link #signal} is
 * thread-safe, the rest is confined to the thread that is woken. Whoever closes it sees to it that
 * nobody signals afterwards: the number may mean another file by then.
 */
public final class EventFd implements AutoCloseable {
    private static final int FLAGS = 0x80000 | 0x800; // EFD_CLOEXEC | EFD_NONBLOCK

    private final int fd;
    private final NativeBuffer one = NativeBuffer.allocate(Long.BYTES);
    private final NativeBuffer count = NativeBuffer.allocate(Long.BYTES);

    private EventFd(int fd) {
        this.fd = fd;
        one.bytes().putLong(0, 1);
    }

    /** A descriptor that is not readable yet. */
    public static EventFd open() throws LibcException {
        int fd = NativeCalls.eventfd(0, FLAGS);
        if (fd < 0) {
            throw Libc.failure("eventfd");
        }
        return new EventFd(fd);
    }

    /** The number of the descriptor. */
    public int fd() {
        return fd;
    }

    /** Makes the descriptor readable. */
    public void signal() {
        int result = Libc.write(fd, one, 0, Long.BYTES);
        // EAGAIN: the counter is full, so the descriptor is readable as it should be.
        if (result < 0 && result != -Errno.EAGAIN) {
            throw new IllegalStateException("eventfd " + fd + ": " + Errno.text(-result));
        }
    }

    /** Takes the readability away; how often it was signalled since. */
    public long drain() {
        int result = Libc.read(fd, count, 0, Long.BYTES);
        return result == Long.BYTES ? count.bytes().getLong(0) : 0;
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
