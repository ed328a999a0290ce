package io.culvert.client.proxy.splice;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.LiveFlow;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.open.Opening;
import io.culvert.loop.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Standard input and output as one end of a flow, as {@code ssh -W} has it. Streams block, so each
 * has a thread of its own: the reader hands over one block and waits until the flow has taken it,
 * the writer takes from a queue of few. All else is confined to the loop; used once.
 *
 * <p>When the target has ended, the output is closed; the input then has a while to end too, or a
 * person at a terminal would wait for nothing.
 */
public final class StdioPipe implements Opening.Waiter, InsideFlow.Listener {
    private static final int BLOCK_BYTES = 32_768;
    private static final int MOST_BLOCKS = 4;
    private static final long HALF_CLOSED_NS = TimeUnit.SECONDS.toNanos(30);

    /** Ends the writer. */
    private static final byte[] END = {};

    /** Told once how it ended. */
    public interface Outcome {
        /** Both directions have ended; false when the flow was cut. */
        void onEnd(boolean isOrderly);

        /** The target could not be reached. */
        void onFailed(OpenFailure failure);
    }

    private final Switchboard switchboard;
    private final EventLoop loop;
    private final InputStream in;
    private final OutputStream out;
    private final Outcome outcome;
    private final BlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(MOST_BLOCKS + 1);
    private final Semaphore isTaken = new Semaphore(0);
    private final EventLoop.Timer halfClosed;
    private byte[] block = END;
    private int blockOffset;
    private boolean hasInputEnded;
    private boolean hasRemoteEnded;
    private boolean isEndQueued;
    private boolean isOutputDone;
    private boolean isOver;

    /** Null before start, and where the table was full. */
    private @Nullable LiveFlow live;

    /** Null until it stands. */
    private @Nullable InsideFlow flow;

    /** A pipe that waits for {@link #start}. */
    public StdioPipe(Switchboard switchboard, InputStream in, OutputStream out, Outcome outcome) {
        this.switchboard = switchboard;
        this.loop = switchboard.loop();
        this.in = in;
        this.out = out;
        this.outcome = outcome;
        this.halfClosed = loop.timer(() -> end(true));
    }

    /** Opens the flow. */
    public void start(Target target) {
        LiveFlow.Ends ends = new LiveFlow.Ends("stdio", target.toString());
        live = switchboard.table().open(FlowKind.STDIO, ends, () -> end(false));
        if (live == null) {
            outcome.onFailed(OpenFailure.FULL);
            return;
        }
        var _ = switchboard.opener().open(target, this);
    }

    /** Cuts it off, wherever it is. After the end it does nothing. */
    public void cut() {
        end(false);
    }

    @Override
    public InsideFlow.Listener onOpen(InsideFlow opened) {
        if (isOver) {
            opened.abort();
            return this;
        }
        flow = opened;
        Thread.ofPlatform().daemon().name("culvert-stdin").start(this::read);
        Thread.ofPlatform().daemon().name("culvert-stdout").start(this::write);
        pull();
        return this;
    }

    @Override
    public void onFailed(OpenFailure failure) {
        if (!isOver) {
            isOver = true;
            leave();
            outcome.onFailed(failure);
        }
    }

    /** On the reader's thread. */
    private void read() {
        try {
            byte[] bytes = in.readNBytes(1);
            while (bytes.length > 0) {
                byte[] filled = more(bytes);
                tell(() -> onBlock(filled));
                isTaken.acquire();
                bytes = in.readNBytes(1);
            }
        } catch (IOException ignored) { // an input that breaks has ended
            tell(this::onInputEnd);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tell(this::onInputEnd);
    }

    /** A stream may end after the loop. */
    private void tell(Runnable news) {
        try {
            loop.execute(news);
        } catch (RejectedExecutionException ignored) { // then all has ended
            isTaken.release();
        }
    }

    /** The first byte and what is there behind it, without a wait. */
    private byte[] more(byte[] first) throws IOException {
        int length = Math.min(in.available(), BLOCK_BYTES - first.length);
        byte[] filled = new byte[first.length + Math.max(0, length)];
        System.arraycopy(first, 0, filled, 0, first.length);
        int read = in.readNBytes(filled, first.length, filled.length - first.length);
        return Arrays.copyOf(filled, first.length + read);
    }

    private void onBlock(byte[] bytes) {
        block = bytes;
        blockOffset = 0;
        push();
    }

    private void onInputEnd() {
        hasInputEnded = true;
        if (flow != null && !isOver) {
            flow.shutdownOutput();
        }
        endIfBothEnded();
    }

    private void push() {
        if (flow == null || isOver || blockOffset == block.length) {
            return;
        }
        int taken = flow.write(block, blockOffset, block.length - blockOffset);
        blockOffset += taken;
        if (live != null) {
            live.sent(taken);
        }
        if (blockOffset == block.length) {
            isTaken.release();
        }
    }

    private void pull() {
        while (flow != null && !isOver && blocks.size() < MOST_BLOCKS && flow.available() > 0) {
            byte[] bytes = new byte[Math.min(BLOCK_BYTES, flow.available())];
            int length = flow.read(bytes, 0, bytes.length);
            if (length == 0) {
                break;
            }
            if (live != null) {
                live.received(length);
            }
            blocks.add(Arrays.copyOf(bytes, length));
        }
        if (hasRemoteEnded && !isEndQueued && flow != null && flow.available() == 0) {
            isEndQueued = blocks.offer(END);
        }
    }

    /** On the writer's thread. */
    private void write() {
        try {
            byte[] bytes = blocks.take();
            while (bytes.length > 0) {
                out.write(bytes);
                if (blocks.isEmpty()) {
                    out.flush();
                }
                tell(this::pull);
                bytes = blocks.take();
            }
            out.flush();
            out.close();
            tell(this::onOutputEnd);
        } catch (IOException ignored) { // nobody reads any more
            tell(() -> end(false));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void onOutputEnd() {
        isOutputDone = true;
        halfClosed.arm(HALF_CLOSED_NS);
        endIfBothEnded();
    }

    private void endIfBothEnded() {
        if (hasInputEnded && isOutputDone) {
            end(true);
        }
    }

    @Override
    public void onConnected() {}

    @Override
    public void onReadable() {
        pull();
    }

    @Override
    public void onWritable() {
        push();
    }

    @Override
    public void onRemoteEnd() {
        hasRemoteEnded = true;
        pull();
    }

    @Override
    public void onClosed(FlowEnd end) {
        if (end == FlowEnd.FINISHED) {
            onRemoteEnd();
        } else {
            end(false);
        }
    }

    private void end(boolean isOrderly) {
        if (!isOver) {
            isOver = true;
            leave();
            outcome.onEnd(isOrderly);
        }
    }

    private void leave() {
        halfClosed.cancel();
        if (live != null) {
            live.close();
        }
        if (flow != null && hasInputEnded && hasRemoteEnded) {
            flow.close();
        } else if (flow != null) {
            flow.abort();
        }
        isTaken.release(); // the reader finds out with its next block
        var _ = blocks.offer(END);
    }
}
