package io.culvert.client.proxy.http;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.LiveFlow;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.open.Opening;
import io.culvert.client.proxy.splice.Splice;
import io.culvert.client.proxy.splice.Switchboard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an origin, with Netty's codec for it. Requests are encoded at once and wait here
 * until the flow takes them; responses are read only while their reader wants more. Confined to the
 * loop.
 */
final class Origin implements InsideFlow.Listener, Opening.Waiter {
    /** What is encoded at once: one read of the flow, so that what waits is little. */
    private static final int READ_BYTES = 16_384;

    /** Told what comes. */
    interface Reader {
        /** Whether more of the response is wanted now. */
        boolean wantsMore();

        /** A part of a response; the callee releases it. */
        void onPart(HttpObject part);

        /** All parts that are there for now have been given. */
        void onPartsEnd();

        /** What was sent has left this buffer. */
        void onTaken();

        /** The origin is gone; no more will come. */
        void onGone(OpenFailure failure);
    }

    private final Switchboard switchboard;
    private final Target target;
    private final EmbeddedChannel codec;
    private final Queue<ByteBuf> pending = new ArrayDeque<>();
    private final byte[] scratch;
    private boolean isReading;
    private boolean hasRemoteEnded;
    private boolean isOver;

    /** Null while it is idle. */
    private @Nullable Reader reader;

    /** Null before start, and where the table was full. */
    private @Nullable LiveFlow live;

    /** Null before start and once it has ended. */
    private @Nullable Opening opening;

    /** Null until it stands, and when it was handed over. */
    private @Nullable InsideFlow flow;

    /** Who has the flow after an upgrade; null before. */
    private @Nullable Splice successor;

    Origin(Switchboard switchboard, Target target) {
        this.switchboard = switchboard;
        this.target = target;
        this.scratch = switchboard.scratch();
        this.codec = new EmbeddedChannel(new HttpClientCodec(HttpDoor.config(), true, false));
    }

    /** Begins to connect; false when there is no room for another flow. */
    boolean start(LiveFlow.Ends ends) {
        live = switchboard.table().open(FlowKind.HTTP, ends, () -> gone(OpenFailure.TIMED_OUT));
        if (live == null) {
            return false;
        }
        opening = switchboard.opener().open(target, this);
        return true;
    }

    /** Gives what comes to this reader from now on; null: it is idle. */
    void reader(@Nullable Reader next) {
        reader = next;
    }

    /** Whether another request for this target may go there. */
    boolean isUsableFor(Target other) {
        return !isOver && !hasRemoteEnded && flow != null && target.equals(other);
    }

    /** Sends a part of a request; takes it over. */
    void send(HttpObject part) {
        codec.writeOutbound(part);
        for (ByteBuf bytes = codec.readOutbound(); bytes != null; bytes = codec.readOutbound()) {
            pending.add(bytes);
        }
        push();
    }

    /** Whether what was sent has gone on. */
    boolean isDrained() {
        return pending.isEmpty();
    }

    @Override
    public InsideFlow.Listener onOpen(InsideFlow opened) {
        opening = null;
        flow = opened;
        onWritable();
        return this;
    }

    @Override
    public void onFailed(OpenFailure failure) {
        opening = null;
        gone(failure);
    }

    @Override
    public void onConnected() {}

    @Override
    public void onWritable() {
        if (successor != null) {
            successor.onWritable();
            return;
        }
        push();
        if (pending.isEmpty() && reader != null) {
            reader.onTaken();
        }
    }

    private void push() {
        for (ByteBuf bytes = pending.peek();
                bytes != null && flow != null;
                bytes = pending.peek()) {
            int length = Math.min(bytes.readableBytes(), scratch.length);
            bytes.getBytes(bytes.readerIndex(), scratch, 0, length);
            int taken = flow.write(scratch, 0, length);
            bytes.skipBytes(taken);
            if (live != null) {
                live.sent(taken);
            }
            if (!bytes.isReadable()) {
                pending.remove().release();
            } else if (taken < length) {
                return; // onWritable goes on
            }
        }
    }

    /** Reads while there is something and the reader wants it. */
    void pull() {
        if (isReading) {
            return;
        }
        isReading = true;
        Reader current = reader;
        while (current != null && current.equals(reader) && current.wantsMore() && read()) {
            giveParts();
        }
        isReading = false;
        if (current != null) {
            current.onPartsEnd();
        }
        if (hasRemoteEnded && !isOver && (flow == null || flow.available() == 0)) {
            endOfStream();
        } else if (flow != null && reader == null && flow.available() > 0) {
            close(); // a response that nobody asked for
        }
    }

    private boolean read() {
        int length = flow == null ? 0 : flow.read(scratch, 0, READ_BYTES);
        if (length == 0) {
            return false;
        }
        if (live != null) {
            live.received(length);
        }
        try {
            codec.writeInbound(Unpooled.copiedBuffer(scratch, 0, length));
            return true;
        } catch (CodecException ignored) { // the parts so far are given; the rest has no sense
            gone(OpenFailure.GENERAL);
            return false;
        }
    }

    private void giveParts() {
        for (Object part = codec.readInbound(); part != null; part = codec.readInbound()) {
            if (part instanceof HttpObject object && reader != null) {
                reader.onPart(object);
            } else {
                ReferenceCountUtil.release(part);
            }
        }
    }

    /** A body without a length ends with the connection. */
    private void endOfStream() {
        Reader current = reader;
        try {
            codec.finish();
        } catch (CodecException ignored) { // then it was cut off, which the reader sees
            codec.releaseInbound();
        }
        if (current != null) {
            giveParts();
            current.onPartsEnd();
        }
        gone(OpenFailure.GENERAL);
    }

    @Override
    public void onReadable() {
        if (successor != null) {
            successor.onReadable();
            return;
        }
        pull();
    }

    @Override
    public void onRemoteEnd() {
        hasRemoteEnded = true;
        if (successor != null) {
            successor.onRemoteEnd();
            return;
        }
        pull();
    }

    @Override
    public void onClosed(FlowEnd end) {
        if (successor != null) {
            successor.onClosed(end);
        } else if (end == FlowEnd.FINISHED) {
            onRemoteEnd();
        } else {
            gone(OpenFailure.GENERAL);
        }
    }

    private void gone(OpenFailure failure) {
        Reader last = reader;
        close();
        if (last != null) {
            last.onGone(failure);
        }
    }

    /** Takes out what came behind an upgrade's response, which is of another protocol. */
    ByteBuf takeRest() {
        ByteBuf rest = Unpooled.buffer();
        for (Object part = codec.readInbound(); part != null; part = codec.readInbound()) {
            if (part instanceof ByteBuf bytes) {
                rest.writeBytes(bytes);
            } else if (part instanceof HttpContent content) {
                rest.writeBytes(content.content());
            }
            ReferenceCountUtil.release(part);
        }
        return rest;
    }

    /** Gives the flow to a splice, which goes on with it in another protocol. */
    void handOver(Splice splice) {
        InsideFlow released = flow;
        flow = null;
        successor = splice;
        close();
        if (released != null) {
            splice.start(released);
        }
        if (hasRemoteEnded) {
            splice.onRemoteEnd();
        }
    }

    /** Lets go of everything. A second call does nothing. */
    void close() {
        if (isOver) {
            return;
        }
        isOver = true;
        boolean isIdle = reader == null;
        reader = null;
        if (opening != null) {
            opening.cancel();
        }
        if (flow != null && isIdle) {
            flow.close();
        } else if (flow != null) {
            flow.abort(); // in the middle of something
        }
        if (live != null) {
            live.close();
        }
        pending.forEach(ByteBuf::release);
        pending.clear();
        try {
            codec.finishAndReleaseAll();
        } catch (CodecException ignored) { // a message was cut off; nobody waits for it
            codec.releaseInbound();
        }
    }
}
