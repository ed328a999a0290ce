package io.culvert.libc;

import com.sun.jna.Platform;
import java.lang.ref.Reference;

/**
 * A set of descriptors that is waited on (epoll(7), level-triggered), with the events of the last
 * wait. Confined to one thread.
 *
 * <pre>
 * struct epoll_event   x86-64 (packed)   elsewhere
 *   u32 events            0                 0
 *   u64 data              4                 8
 *   size                 12                16
 * </pre>
 */
public final class Epoll implements AutoCloseable {
    public static final int IN = 0x1;
    public static final int OUT = 0x4;
    public static final int ERR = 0x8;
    public static final int HUP = 0x10;

    private static final int CLOEXEC = 0x80000;
    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int MODIFY = 3;
    private static final boolean PACKED = Platform.ARCH.equals("x86-64");
    private static final int DATA = PACKED ? 4 : 8;
    private static final int SIZE = PACKED ? 12 : 16;

    private final int fd;
    private final int maxEvents;
    private final NativeBuffer events;
    private final NativeBuffer argument = NativeBuffer.allocate(SIZE);

    private Epoll(int fd, int maxEvents) {
        this.fd = fd;
        this.maxEvents = maxEvents;
        this.events = NativeBuffer.allocate(maxEvents * SIZE);
    }

    /** An empty set that tells of at most {@code maxEvents} descriptors a wait. */
    public static Epoll open(int maxEvents) throws LibcException {
        int fd = NativeCalls.epoll_create1(CLOEXEC);
        if (fd < 0) {
            throw Libc.failure("epoll_create1");
        }
        return new Epoll(fd, maxEvents);
    }

    /** Adds a descriptor; its events come with {@code data}. */
    public void add(int target, int mask, long data) throws LibcException {
        control(ADD, target, mask, data);
    }

    /** Changes what a descriptor in the set is waited for, and its data. */
    public void modify(int target, int mask, long data) throws LibcException {
        control(MODIFY, target, mask, data);
    }

    /** Takes a descriptor out. */
    public void remove(int target) throws LibcException {
        control(REMOVE, target, 0, 0);
    }

    private void control(int operation, int target, int mask, long data) throws LibcException {
        argument.bytes().putInt(0, mask).putLong(DATA, data);
        long address = argument.address(0, SIZE);
        try {
            if (NativeCalls.epoll_ctl(fd, operation, target, address) < 0) {
                throw Libc.failure("epoll_ctl " + operation + " of descriptor " + target);
            }
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    /**
     * Waits; how many descriptors are ready, 0 after the time or a signal.
     *
     * @param timeoutMs 0 does not wait, a negative one waits for ever
     */
    public int await(int timeoutMs) throws LibcException {
        long address = events.address(0, events.size());
        try {
            int ready = NativeCalls.epoll_wait(fd, address, maxEvents, timeoutMs);
            if (ready < 0 && !Libc.wasInterrupted()) {
                throw Libc.failure("epoll_wait");
            }
            return Math.max(ready, 0);
        } finally {
            Reference.reachabilityFence(events);
        }
    }

    /** What the event at {@code index} of the last wait tells: a mask. */
    public int mask(int index) {
        return events.bytes().getInt(index * SIZE);
    }

    /** Which descriptor the event at {@code index} of the last wait is about. */
    public long data(int index) {
        return events.bytes().getLong(index * SIZE + DATA);
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
