package io.culvert.client.proxy.splice;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.FlowTable;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.LiveFlow;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a local channel, and the listener of the flow that it is joined with. The
 * channel does not read by itself: it is asked for more when the flow has taken what came, and the
 * flow is read while the channel is writable, so what waits in between is one read and Netty's high
 * water mark. The end of one direction is passed on when all before it has been. Confined to the
 * loop.
 *
 * <p>It may stand before there is a flow, and keeps what comes meanwhile; and before there is a
 * channel, where the flow came first.
 */
public final class Splice extends ChannelInboundHandlerAdapter implements InsideFlow.Listener {
    private final byte[] scratch;
    private final Queue<ByteBuf> pending = new ArrayDeque<>();
    private Runnable onAbandoned = () -> {};
    private Object farewell = Unpooled.EMPTY_BUFFER;
    private boolean hasInputEnded;
    private boolean isInputPassedOn;
    private boolean hasRemoteEnded;
    private boolean isRemotePassedOn;
    private boolean isOver;

    /** Null until {@link #enter}, and where the table was full. */
    private @Nullable LiveFlow live;

    /** Null until {@link #start}. */
    private @Nullable InsideFlow flow;

    /** Null until the handler stands in a channel's pipeline. */
    private @Nullable ChannelHandlerContext context;

    /**
     * A splice of nothing yet.
     *
     * @param scratch for copying, shared by all on this loop
     */
    public Splice(byte[] scratch) {
        this.scratch = scratch;
    }

    /** Takes a place in the table; false when there is none. */
    public boolean enter(FlowTable table, FlowKind kind, LiveFlow.Ends ends) {
        live = table.open(kind, ends, this::abort);
        return live != null;
    }

    /** Says what to do when the channel ends before there is a flow. */
    public void onAbandoned(Runnable action) {
        onAbandoned = action;
    }

    /** Says what goes to the channel behind the flow's last byte. */
    void farewell(Object message) {
        farewell = message;
    }

    /** Joins the flow, which stands. */
    public void start(InsideFlow joined) {
        if (isOver) {
            joined.abort();
            return;
        }
        flow = joined;
        push();
        pull();
    }

    /** Ends everything at once: the client gets a reset, and so does the flow. */
    public void abort() {
        if (!isOver) {
            if (context != null) {
                Clients.reset(context.channel());
            }
            end(false);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        push();
        pull();
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        push();
        pull();
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (isOver) {
            bytes.release();
            return;
        }
        pending.add(bytes);
        push();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            hasInputEnded = true;
            push();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        pull();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ended) {
        end(isInputPassedOn && isRemotePassedOn);
    }

    /** The client's socket failed: a reset, mostly. */
    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable ignored) {
        abort();
    }

    @Override
    public void onConnected() {
        push();
    }

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
        if (isOver) {
            return;
        }
        if (end == FlowEnd.FINISHED) {
            hasRemoteEnded = true;
            pull();
        } else {
            abort();
        }
    }

    /** Towards the flow: what came, then the end, else a call for more. */
    private void push() {
        if (flow == null || isOver) {
            return;
        }
        for (ByteBuf bytes = pending.peek(); bytes != null; bytes = pending.peek()) {
            if (!write(flow, bytes)) {
                return; // onWritable goes on
            }
            pending.remove().release();
        }
        if (hasInputEnded) {
            passInputOn(flow);
        } else if (context != null && context.channel().isActive() && flow.writable() > 0) {
            context.read();
        }
    }

    /** Whether the flow took all. */
    private boolean write(InsideFlow to, ByteBuf bytes) {
        while (bytes.isReadable()) {
            int length = Math.min(bytes.readableBytes(), scratch.length);
            bytes.getBytes(bytes.readerIndex(), scratch, 0, length);
            int taken = to.write(scratch, 0, length);
            bytes.skipBytes(taken);
            if (live != null) {
                live.sent(taken);
            }
            if (taken < length) {
                return false;
            }
        }
        return true;
    }

    private void passInputOn(InsideFlow to) {
        if (!isInputPassedOn) {
            isInputPassedOn = true;
            to.shutdownOutput();
            endIfBothPassedOn();
        }
    }

    /** Towards the channel: what came, then the end. */
    private void pull() {
        ChannelHandlerContext to = context;
        if (flow == null || to == null || isOver || !to.channel().isActive()) {
            return;
        }
        boolean hasWritten = false;
        while (to.channel().isWritable()) {
            int length = flow.read(scratch, 0, scratch.length);
            if (length == 0) {
                break;
            }
            if (live != null) {
                live.received(length);
            }
            ByteBuf bytes = to.alloc().directBuffer(length).writeBytes(scratch, 0, length);
            var _ = to.write(bytes, to.voidPromise());
            hasWritten = true;
        }
        if (hasWritten) {
            to.flush();
        }
        if (hasRemoteEnded && !isRemotePassedOn && !isOver && flow.available() == 0) {
            isRemotePassedOn = true;
            // Netty would drop what is not written yet, so only behind it
            to.writeAndFlush(farewell).addListener(_ -> passRemoteEndOn(to));
        }
    }

    private void passRemoteEndOn(ChannelHandlerContext to) {
        if (isOver) {
            return;
        }
        if (to.channel() instanceof DuplexChannel duplex) {
            var _ = duplex.shutdownOutput();
        }
        endIfBothPassedOn();
    }

    private void endIfBothPassedOn() {
        ChannelHandlerContext to = context;
        if (isInputPassedOn && isRemotePassedOn && to != null) {
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void end(boolean isOrderly) {
        if (isOver) {
            return;
        }
        isOver = true;
        for (ByteBuf bytes = pending.poll(); bytes != null; bytes = pending.poll()) {
            bytes.release();
        }
        if (live != null) {
            live.close();
        }
        if (flow == null) {
            onAbandoned.run();
        } else if (isOrderly) {
            flow.close();
        } else {
            flow.abort();
        }
        if (context != null) {
            var _ = context.close();
        }
    }

    /** Ends it for a flow that never stood; what is written to the channel is still sent. */
    void endRefused() {
        onAbandoned = () -> {};
        ChannelHandlerContext to = context;
        if (to != null && !isOver) {
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
