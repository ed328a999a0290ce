package io.culvert.client.proxy.http;

import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.loop.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to its origin, and the response on its way back. Confined to the loop;
 * used once.
 *
 * <p>An origin that was kept may have ended at the moment of the request; one without a body is
 * then put once more, to a new connection (RFC 9112 §9.3.1).
 */
final class Fetch implements Origin.Reader {
    /** How long an origin may think about a whole request: longer than long polls take. */
    private static final long ANSWER_NS = TimeUnit.MINUTES.toNanos(5);

    private final HttpClient client;
    private final HttpAsk.FromOrigin ask;
    private final boolean wantsMore;
    private final boolean isOld;
    private final EventLoop.Timer answerDue;
    private Origin origin;
    private boolean mayRetry;
    private boolean hasSentAll;
    private boolean isInterim;
    private boolean isOver;

    /** Null until the final response has begun. */
    private @Nullable ResponseHead head;

    /**
     * A fetch of what the request asked for.
     *
     * @param isReused whether the origin has answered others before
     */
    Fetch(
            HttpClient client,
            HttpRequest request,
            HttpAsk.FromOrigin ask,
            Origin origin,
            boolean isReused) {
        this.client = client;
        this.ask = ask;
        this.origin = origin;
        this.wantsMore = HttpUtil.isKeepAlive(request);
        this.isOld = !request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        this.answerDue = client.timer(this::onNoAnswer);
        boolean isSafe = !HttpUtil.isTransferEncodingChunked(ask.head());
        this.mayRetry = isReused && isSafe && isIdempotent(request);
    }

    private static boolean isIdempotent(HttpRequest request) {
        return switch (request.method().name()) {
            case "GET", "HEAD", "OPTIONS", "TRACE" ->
                    !request.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
            default -> false;
        };
    }

    void start() {
        origin.reader(this);
        origin.send(ask.head());
    }

    /** Sends a part of the request's body; takes it over. */
    void send(HttpContent part) {
        hasSentAll |= part instanceof LastHttpContent;
        if (isOver) {
            part.release();
            return;
        }
        if (hasSentAll) {
            answerDue.arm(ANSWER_NS);
        }
        origin.send(part);
    }

    /** Whether another part of the body would go on at once. */
    boolean takesBody() {
        return isOver || origin.isDrained();
    }

    /** Whether the request has been sent to its end. */
    boolean hasSentAll() {
        return hasSentAll;
    }

    /** The client has room again. */
    void onClientWritable() {
        origin.pull();
    }

    private void onNoAnswer() {
        origin.close();
        fail(OpenFailure.TIMED_OUT, HttpReply.sentence(OpenFailure.TIMED_OUT));
    }

    /** Gives it up. */
    void abandon() {
        isOver = true;
        answerDue.cancel();
        origin.close();
    }

    @Override
    public boolean wantsMore() {
        return !isOver && client.isWritable();
    }

    @Override
    public void onTaken() {
        client.pump();
    }

    @Override
    public void onPartsEnd() {
        client.flush();
    }

    @Override
    public void onPart(HttpObject part) {
        mayRetry = false;
        answerDue.cancel();
        if (isOver) {
            ReferenceCountUtil.release(part);
        } else if (part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(part);
            origin.close();
            fail(OpenFailure.GENERAL, "The origin's answer is no HTTP.");
        } else if (part instanceof HttpResponse response) {
            onHead(response);
        } else if (part instanceof HttpContent content) {
            onContent(content);
        }
    }

    private void onHead(HttpResponse response) {
        if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            onSwitch(response);
        } else if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            isInterim = true;
            HopHeaders.remove(response.headers());
            if (!isOld) {
                client.write(interim(response));
            }
        } else if (!HopHeaders.hasPlainCoding(response)) {
            origin.close();
            fail(OpenFailure.GENERAL, "The origin's transfer coding is not known.");
        } else {
            head = ResponseHead.prepare(response, ask.head().method(), wantsMore, isOld);
            client.write(response);
        }
    }

    private void onSwitch(HttpResponse response) {
        String protocol = response.headers().get(HttpHeaderNames.UPGRADE);
        if (!ask.isUpgrade() || protocol == null) {
            origin.close();
            fail(OpenFailure.GENERAL, "The origin changes the protocol without being asked.");
            return;
        }
        isOver = true;
        HopHeaders.remove(response.headers());
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        response.headers().set(HttpHeaderNames.UPGRADE, protocol);
        client.write(interim(response));
        client.onUpgraded(origin, ask);
    }

    private static FullHttpResponse interim(HttpResponse response) {
        FullHttpResponse whole =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, response.status());
        whole.headers().set(response.headers());
        return whole;
    }

    private void onContent(HttpContent content) {
        boolean isLast = content instanceof LastHttpContent;
        if (isInterim) {
            content.release();
            isInterim = !isLast;
            return;
        }
        client.write(content);
        ResponseHead seen = head;
        if (isLast && seen != null) {
            end(seen);
        }
    }

    /** A response that came before the request had ended leaves both connections in the middle. */
    private void end(ResponseHead seen) {
        isOver = true;
        origin.reader(null);
        boolean keepsOrigin = hasSentAll && !seen.endsOrigin();
        if (!keepsOrigin) {
            origin.close();
        }
        client.onFetched(keepsOrigin ? origin : null, seen.endsClient() || !hasSentAll);
    }

    @Override
    public void onGone(OpenFailure failure) {
        if (isOver) {
            return;
        }
        if (mayRetry) {
            mayRetry = false;
            retry();
            return;
        }
        fail(failure, HttpReply.sentence(failure));
    }

    private void retry() {
        Origin fresh = client.connect(ask.target());
        if (fresh == null) {
            fail(OpenFailure.FULL, HttpReply.sentence(OpenFailure.FULL));
            return;
        }
        origin = fresh;
        start();
        if (hasSentAll) {
            fresh.send(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void fail(OpenFailure failure, String sentence) {
        isOver = true;
        answerDue.cancel();
        if (head != null) {
            client.cut(); // the client must not take the part for the whole
        } else {
            client.onFailed(
                    HttpReply.of(HttpReply.status(failure), sentence), !hasSentAll || isOld);
        }
    }
}
