package io.culvert.device;

import io.culvert.tunnel.Examination;
import io.culvert.tunnel.HandshakeWorker;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that examines initiations, so that the loop's packets do not wait for strangers' keys.
 * It takes no lock: examinations go and come back through two queues, each with one writer and one
 * reader. {@link #add} and {@link #poll} are the loop's; the rest is for who starts and closes it.
 */
public final class HandshakeThread implements HandshakeWorker, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HandshakeThread.class);
    private static final long JOIN_MS = 2_000;

    private final Queue<Examination> urgent = new ConcurrentLinkedQueue<>();
    private final Queue<Examination> waiting = new ConcurrentLinkedQueue<>();
    private final Queue<Examination> done = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final Executor loop;
    private final Consumer<Throwable> onFault;

    /** The loop was told that some are done, and has not seen the last of them yet. */
    private final AtomicBoolean told = new AtomicBoolean();

    /** Null until the engine is there. */
    private volatile @Nullable Runnable collect;

    private volatile boolean closed;

    private HandshakeThread(Executor loop, Consumer<Throwable> onFault) {
        this.loop = loop;
        this.onFault = onFault;
        this.thread = Thread.ofPlatform().name("culvert-handshakes").daemon().unstarted(this::run);
    }

    /**
     * A thread that runs.
     *
     * @param loop runs tasks on the engine's thread
     * @param onFault told of a bug that ended the thread, on it
     */
    public static HandshakeThread start(Executor loop, Consumer<Throwable> onFault) {
        HandshakeThread made = new HandshakeThread(loop, onFault);
        made.thread.start();
        return made;
    }

    /** What is to be run on the loop when some are done. */
    public void onDone(Runnable task) {
        collect = task;
    }

    @Override
    public boolean add(Examination examination) {
        (examination.isUrgent() ? urgent : waiting).add(examination);
        LockSupport.unpark(thread);
        return false;
    }

    @Override
    public @Nullable Examination poll() {
        Examination next = done.poll();
        if (next == null) {
            told.set(false);
            next = done.poll(); // what was done in between was not told
        }
        return next;
    }

    @SuppressWarnings("CatchingUnchecked") // the top of the thread: a bug ends it, aloud
    private void run() {
        try {
            while (!closed) {
                turn();
            }
        } catch (Throwable e) { // an Error too: nobody is let in any more
            onFault.accept(e);
            log.error("the handshakes' thread failed", e);
        }
    }

    private void turn() {
        Examination next = urgent.poll();
        if (next == null) {
            next = waiting.poll();
        }
        if (next == null) {
            LockSupport.park(this);
            return;
        }
        next.run();
        done.add(next);
        Runnable task = collect;
        if (task != null && told.compareAndSet(false, true)) {
            loop.execute(task);
        }
    }

    /** Ends the thread; what is under way is forgotten. The loop must have ended. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(JOIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            log.error("the handshakes' thread did not end within {} ms", JOIN_MS);
        }
        done.forEach(Examination::destroy);
    }
}
