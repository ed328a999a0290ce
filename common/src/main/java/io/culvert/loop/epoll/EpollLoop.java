package io.culvert.loop.epoll;

import io.culvert.libc.Epoll;
import io.culvert.libc.Errno;
import io.culvert.libc.EventFd;
import io.culvert.libc.LibcException;
import io.culvert.loop.EventLoop;
import io.culvert.time.DeadlineHeap;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The event loop of Linux. It has no thread: {@link #run} borrows the caller's until {@link #stop}.
 *
 * <p>A turn of the loop:
 *
 * <ol>
 *   <li>wait for descriptors, at most until the next timer is due;
 *   <li>tell the listeners of the descriptors that are ready;
 *   <li>run the timers that are due;
 *   <li>run the tasks that were left.
 * </ol>
 *
 * <p>A listener, timer or task that throws is a bug and ends the loop: run throws it on. {@link
 * #execute} and {@link #stop} are thread-safe; before run, registering and arming belong to the
 * thread that will call it.
 */
public final class EpollLoop implements EventLoop, AutoCloseable {
    private static final int EVENTS_A_TURN = 64;
    private static final long NS_PER_MS = 1_000_000L;
    private static final long LONGEST_WAIT_MS = 3_600_000L;
    private static final long WAKE_UP = -1L;

    private final Epoll epoll;
    private final TaskQueue tasks;
    private final DeadlineHeap timers = new DeadlineHeap();
    private final LongSupplier nowNs;
    private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();

    /** By descriptor; null where none is registered. */
    private @Nullable Bond[] bonds = new Bond[64];

    private int registrations;
    private boolean stopping;
    private boolean closed;

    private EpollLoop(Epoll epoll, EventFd wakeUp, LongSupplier nowNs) {
        this.epoll = epoll;
        this.tasks = new TaskQueue(wakeUp);
        this.nowNs = nowNs;
    }

    /**
     * A loop that does not run yet; the caller closes it.
     *
     * @param nowNs a monotonic clock, in nanoseconds, for the timers
     */
    public static EpollLoop open(LongSupplier nowNs) throws IOException {
        Epoll epoll = Epoll.open(EVENTS_A_TURN);
        @Nullable EventFd wakeUp = null;
        boolean success = false;
        try {
            wakeUp = EventFd.open();
            epoll.add(wakeUp.fd(), Epoll.IN, WAKE_UP);
            success = true;
            return new EpollLoop(epoll, wakeUp, nowNs);
        } finally {
            if (!success) {
                if (wakeUp != null) {
                    wakeUp.close();
                }
                epoll.close();
            }
        }
    }

    /** Runs the loop on this thread until {@link #stop}. May be called again afterwards. */
    public void run() throws IOException {
        if (closed || !runner.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException(closed ? "loop is closed" : "loop runs already");
        }
        try {
            stopping = false;
            while (!stopping) {
                turn();
            }
        } finally {
            runner.set(null);
        }
    }

    /** Ends {@link #run} after the tasks left so far. Thread-safe. */
    public void stop() {
        tasks.add(() -> stopping = true);
    }

    private void turn() throws IOException {
        int ready = epoll.await(timeoutMs());
        for (int i = 0; i < ready; i++) {
            long data = epoll.data(i);
            if (data != WAKE_UP) {
                tell(data, epoll.mask(i));
            }
        }
        timers.fireDue(nowNs.getAsLong());
        tasks.run();
    }

    /** Rounded up: a loop that wakes before its timer is due would turn in vain. */
    private int timeoutMs() {
        if (timers.isEmpty()) {
            return -1;
        }
        long waitNs = timers.untilNextNs(nowNs.getAsLong());
        return (int) Math.min((waitNs + NS_PER_MS - 1) / NS_PER_MS, LONGEST_WAIT_MS);
    }

    private void tell(long data, int mask) {
        Bond bond = bonds[(int) data];
        // An event of a bond that a listener before it in this turn has cancelled; the descriptor
        // may even be bonded anew.
        if (bond == null || bond.number != (int) (data >>> 32)) {
            return;
        }
        boolean failed = (mask & (Epoll.ERR | Epoll.HUP)) != 0;
        boolean readable = failed || (mask & bond.mask & Epoll.IN) != 0;
        boolean writable = failed || (mask & bond.mask & Epoll.OUT) != 0;
        if (readable || writable) {
            bond.listener.onReady(readable, writable);
        }
    }

    @Override
    public Registration register(int fd, ReadyListener listener) {
        if (closed) {
            throw new IllegalStateException("loop is closed");
        }
        if (fd >= bonds.length) {
            bonds = Arrays.copyOf(bonds, Math.max(fd + 1, 2 * bonds.length));
        }
        Bond bond = new Bond(this, fd, ++registrations & Integer.MAX_VALUE, listener);
        try {
            epoll.add(fd, bond.mask, bond.data());
        } catch (LibcException e) {
            String why = bonds[fd] == null ? "cannot be waited for" : "is registered already";
            throw new IllegalStateException("descriptor " + fd + " " + why, e);
        }
        // A bond that stands here is stale: the kernel has forgotten its descriptor, so it was
        // closed before it was cancelled, and the number means another file now.
        bonds[fd] = bond;
        return bond;
    }

    @Override
    public Timer timer(Runnable action) {
        return new HeapTimer(timers.timer(action), nowNs);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Lets go of all; descriptors that were registered stay open. A second call does nothing. */
    @Override
    public void close() {
        Thread running = runner.get();
        if (running != null) {
            throw new IllegalStateException("loop still runs on " + running.getName());
        }
        if (!closed) {
            closed = true;
            // What is cancelled later must not reach the number of our descriptor, which may mean
            // another file by then.
            Arrays.fill(bonds, null);
            tasks.close();
            epoll.close();
        }
    }

    /** A registered descriptor. Confined to the loop. */
    private static final class Bond implements Registration {
        private final EpollLoop loop;
        private final int fd;
        private final int number;
        private final ReadyListener listener;
        private int mask = Epoll.IN;

        Bond(EpollLoop loop, int fd, int number, ReadyListener listener) {
            this.loop = loop;
            this.fd = fd;
            this.number = number;
            this.listener = listener;
        }

        long data() {
            return ((long) number << 32) | fd;
        }

        @Override
        public void interest(boolean readable, boolean writable) {
            int newMask = (readable ? Epoll.IN : 0) | (writable ? Epoll.OUT : 0);
            if (newMask == mask || loop.bonds[fd] != this) {
                return;
            }
            try {
                loop.epoll.modify(fd, newMask, data());
                mask = newMask;
            } catch (LibcException e) {
                throw new IllegalStateException("descriptor " + fd + " closed before cancel", e);
            }
        }

        @Override
        public void cancel() {
            if (loop.bonds[fd] != this) {
                return;
            }
            loop.bonds[fd] = null;
            try {
                loop.epoll.remove(fd);
            } catch (LibcException e) {
                // The kernel forgets a descriptor when it is closed, which may come first.
                if (e.errno() != Errno.EBADF && e.errno() != Errno.ENOENT) {
                    throw new IllegalStateException("cannot let go of descriptor " + fd, e);
                }
            }
        }
    }
}
