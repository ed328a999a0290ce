package io.culvert.client.proxy.http;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.LiveFlow;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.splice.Clients;
import io.culvert.client.proxy.splice.Switchboard;
import io.culvert.loop.EventLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's requests, one after the other. What was decoded from one read waits in a queue; the
 * next read is asked for when that is empty and there is somewhere for its bytes to go. Confined to
 * the loop.
 */
final class HttpClient extends ChannelInboundHandlerAdapter {
    private static final long KEEP_ALIVE_NS = TimeUnit.SECONDS.toNanos(75); // between requests

    private final HttpDoor door;
    private final Switchboard switchboard;
    private final HttpExit exit;
    private final ReplyEncoder encoder;
    private final Queue<HttpObject> queue = new ArrayDeque<>();
    private final EventLoop.Timer keepAlive;
    private boolean isPumping;
    private boolean isClosing;
    private boolean hasInputEnded;
    private boolean discardsBody;
    private boolean isHeld; // until a page of our own is there

    /** Null until the handler stands in a pipeline. */
    private @Nullable ChannelHandlerContext context;

    /** What the client waits for; null between requests. */
    private @Nullable Fetch fetch;

    /** Where the client wants a tunnel to; null but for a moment. */
    private @Nullable Target tunnel;

    /** A connection that has answered and may do so again; null when there is none. */
    private @Nullable Origin idle;

    HttpClient(HttpDoor door, HttpRequestDecoder decoder, ReplyEncoder encoder) {
        this.door = door;
        this.switchboard = door.switchboard();
        this.encoder = encoder;
        this.exit = new HttpExit(switchboard, decoder, encoder);
        this.keepAlive = switchboard.loop().timer(this::close);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (message instanceof HttpObject part && !isClosing) {
            queue.add(part);
            pump();
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    /** Takes from the queue what has somewhere to go. */
    void pump() {
        if (isPumping) {
            return;
        }
        isPumping = true;
        HttpObject next = queue.peek();
        while (next != null && !isClosing && canTake(next)) {
            queue.remove();
            take(next);
            next = queue.peek();
        }
        isPumping = false;
        if (context == null || isClosing || isHeld || !queue.isEmpty()) {
            return;
        }
        if (hasInputEnded) {
            endAfterInput();
        } else if (fetch == null || (!fetch.hasSentAll() && fetch.takesBody())) {
            context.read();
        }
    }

    private boolean canTake(HttpObject part) {
        if (fetch == null) {
            return !isHeld;
        }
        boolean isEmpty = part instanceof HttpContent body && !body.content().isReadable();
        return !(part instanceof HttpRequest) && (isEmpty || fetch.takesBody());
    }

    private void endAfterInput() {
        if (fetch == null) {
            close();
        } else if (!fetch.hasSentAll()) {
            cut();
        }
    }

    private void take(HttpObject part) {
        if (part instanceof HttpRequest request) {
            onRequest(request);
        } else if (part instanceof HttpContent content) {
            onContent(content);
        }
    }

    private void onRequest(HttpRequest request) {
        keepAlive.cancel();
        encoder.answersHead(request.method().equals(HttpMethod.HEAD));
        switch (HttpAsk.of(request)) {
            case HttpAsk.Nonsense nonsense -> {
                switchboard.garbage().count(Garbage.Kind.BAD_HTTP);
                answerLast(HttpReply.of(HttpResponseStatus.BAD_REQUEST, nonsense.sentence()));
            }
            case HttpAsk.Own own -> {
                if (context != null) {
                    isHeld = true;
                    var _ =
                            door.pages()
                                    .answer(request, own.path(), context.channel())
                                    .thenAccept(page -> {
                                        isHeld = false;
                                        answer(request, page);
                                        resume();
                                    });
                }
            }
            case HttpAsk.Tunnel asked -> {
                if (isAdmitted(request)) {
                    tunnel = asked.target();
                }
            }
            case HttpAsk.FromOrigin asked -> {
                if (isAdmitted(request)) {
                    begin(request, asked);
                }
            }
        }
        if (context != null && !isClosing) {
            Clients.hasAsked(context.pipeline());
        }
    }

    private boolean isAdmitted(HttpRequest request) {
        if (door.admits(HttpAsk.credentials(request))) {
            return true;
        }
        switchboard.garbage().count(Garbage.Kind.BAD_CREDENTIALS);
        answer(
                request,
                HttpReply.of(
                        HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED,
                        "This proxy asks for a user and a password."));
        return false;
    }

    private void begin(HttpRequest request, HttpAsk.FromOrigin asked) {
        Origin kept = idle;
        idle = null;
        boolean isReused = kept != null && kept.isUsableFor(asked.target());
        if (kept != null && !isReused) {
            kept.close();
        }
        Origin origin = isReused ? kept : connect(asked.target());
        if (origin == null) {
            String sentence = HttpReply.sentence(OpenFailure.FULL);
            answer(request, HttpReply.of(HttpReply.status(OpenFailure.FULL), sentence));
            return;
        }
        fetch = new Fetch(this, request, asked, origin, isReused);
        fetch.start();
    }

    /** A timer of the loop that all of it is confined to. */
    EventLoop.Timer timer(Runnable action) {
        return switchboard.loop().timer(action);
    }

    /** A new connection to an origin; null when there is no room for another flow. */
    @Nullable Origin connect(Target target) {
        Origin origin = new Origin(switchboard, target);
        String source = context == null ? "" : Clients.name(context.channel());
        if (origin.start(new LiveFlow.Ends(source, target.toString()))) {
            return origin;
        }
        switchboard.garbage().count(Garbage.Kind.TOO_MANY);
        origin.close();
        return null;
    }

    private void onContent(HttpContent content) {
        boolean isLast = content instanceof LastHttpContent;
        if (content.decoderResult().isFailure()) {
            switchboard.garbage().count(Garbage.Kind.BAD_HTTP);
            content.release();
            cut(); // where the body ends is not known: the origin must not take it for whole
            return;
        }
        if (fetch != null && !discardsBody) {
            fetch.send(content);
            return;
        }
        content.release();
        Target asked = tunnel;
        if (isLast && asked != null) {
            tunnel = null;
            openTunnel(asked);
        } else if (isLast && discardsBody) {
            discardsBody = false;
            keepAlive.arm(KEEP_ALIVE_NS);
        }
    }

    private void openTunnel(Target target) {
        ChannelHandlerContext current = context;
        if (current != null) {
            isClosing = true; // nothing of HTTP is to come
            dropAll();
            exit.tunnel(current, target);
        }
    }

    /** The origin has changed its protocol, and the client was told. */
    void onUpgraded(Origin origin, HttpAsk.FromOrigin ask) {
        ChannelHandlerContext current = context;
        fetch = null;
        if (current == null) {
            origin.close();
            return;
        }
        isClosing = true;
        dropAll();
        exit.upgrade(current, origin, ask.target());
    }

    /** Answers in our own words; the body of the request, if any, is not for anybody. */
    private void answer(HttpRequest request, FullHttpResponse response) {
        boolean hasBody =
                HttpUtil.isTransferEncodingChunked(request)
                        || HttpUtil.getContentLength(request, 0L) != 0;
        boolean isOld = !request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (hasBody || isOld || !HttpUtil.isKeepAlive(request)) {
            answerLast(response);
            return;
        }
        discardsBody = true;
        write(response);
        flush();
    }

    private void answerLast(FullHttpResponse response) {
        ChannelHandlerContext current = context;
        if (isClosing || current == null) {
            response.release();
            return;
        }
        isClosing = true;
        keepAlive.arm(KEEP_ALIVE_NS); // for a client that reads nothing
        current.writeAndFlush(HttpReply.last(response)).addListener(ChannelFutureListener.CLOSE);
    }

    /** The response has been written to its end. */
    void onFetched(@Nullable Origin kept, boolean isLast) {
        fetch = null;
        idle = kept;
        if (isLast) {
            closeFlushed();
            return;
        }
        keepAlive.arm(KEEP_ALIVE_NS);
        resume();
    }

    /** There is no response of an origin, but one of ours. */
    void onFailed(FullHttpResponse response, boolean isLast) {
        fetch = null;
        if (isLast) {
            answerLast(response);
            return;
        }
        write(response);
        flush();
        keepAlive.arm(KEEP_ALIVE_NS);
        resume();
    }

    /** Not from within what the last request is still at. */
    private void resume() {
        switchboard.loop().execute(this::pump);
    }

    private void closeFlushed() {
        ChannelHandlerContext current = context;
        if (current != null && !isClosing) {
            isClosing = true;
            keepAlive.arm(KEEP_ALIVE_NS);
            current.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    boolean isWritable() {
        return context != null && context.channel().isWritable();
    }

    /** Takes the message over. */
    void write(HttpObject message) {
        if (context == null || isClosing) {
            ReferenceCountUtil.release(message);
        } else {
            var _ = context.write(message, context.voidPromise());
        }
    }

    void flush() {
        if (context != null) {
            context.flush();
        }
    }

    /** Resets the client's connection. */
    void cut() {
        isClosing = true;
        if (context != null) {
            Clients.reset(context.channel());
        }
    }

    private void close() {
        isClosing = true;
        if (context != null) {
            var _ = context.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        if (fetch != null && changed.channel().isWritable()) {
            fetch.onClientWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            hasInputEnded = true;
            pump();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ended) {
        isClosing = true;
        dropAll();
    }

    private void dropAll() {
        keepAlive.cancel();
        if (fetch != null) {
            fetch.abandon();
            fetch = null;
        }
        if (idle != null) {
            idle.close();
            idle = null;
        }
        queue.forEach(ReferenceCountUtil::release);
        queue.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable ignored) {
        cut(); // the client's reset, mostly
    }
}
