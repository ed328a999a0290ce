package io.culvert.client.proxy.http;

import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.splice.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** What a client is told in our own words. Stateless, thread-safe. */
final class HttpReply implements Replies {
    private static final String CONNECTED = "HTTP/1.1 200 Connection established\r\n\r\n";

    @Override
    public ByteBuf connected() {
        return ascii(CONNECTED);
    }

    /** The encoder has gone by then, so the text is made here. */
    @Override
    public ByteBuf refused(OpenFailure failure) {
        String body = sentence(failure) + "\n";
        return ascii(
                "HTTP/1.1 "
                        + status(failure)
                        + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                        + body.length()
                        + "\r\nConnection: close\r\n\r\n"
                        + body);
    }

    private static ByteBuf ascii(String text) {
        return ByteBufUtil.writeAscii(UnpooledByteBufAllocator.DEFAULT, text);
    }

    static HttpResponseStatus status(OpenFailure failure) {
        return switch (failure) {
            case DENIED -> HttpResponseStatus.FORBIDDEN;
            case TIMED_OUT, NAME_UNANSWERED -> HttpResponseStatus.GATEWAY_TIMEOUT;
            case FULL -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            case GENERAL, NAME_FAILED, NAME_UNKNOWN, NETWORK_UNREACHABLE, HOST_UNREACHABLE ->
                    HttpResponseStatus.BAD_GATEWAY;
            case REFUSED -> HttpResponseStatus.BAD_GATEWAY;
        };
    }

    static String sentence(OpenFailure failure) {
        String words = failure.sentence();
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }

    /** One plain sentence. */
    static FullHttpResponse of(HttpResponseStatus status, String sentence) {
        return of(status, "text/plain; charset=utf-8", sentence + "\n");
    }

    static FullHttpResponse of(HttpResponseStatus status, String type, String body) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        status,
                        Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        if (status.equals(HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED)) {
            response.headers().set(HttpHeaderNames.PROXY_AUTHENTICATE, "Basic realm=\"culvert\"");
        }
        return response;
    }

    /** Says that the connection ends with it. */
    static FullHttpResponse last(FullHttpResponse response) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }
}
