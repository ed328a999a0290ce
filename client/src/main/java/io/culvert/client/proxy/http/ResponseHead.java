package io.culvert.client.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/**
 * An origin's final response, made fit for the client in place (RFC 9112 §6.3). Immutable.
 *
 * @param endsClient whether the client's connection ends with it
 * @param endsOrigin whether the origin's does
 */
record ResponseHead(boolean endsClient, boolean endsOrigin) {
    /**
     * Takes out what belongs to the origin's connection, and says how the body ends.
     *
     * @param wantsMore whether the client would ask for more
     * @param isOld whether the client knows HTTP/1.0 only, and so no chunks
     */
    static ResponseHead prepare(
            HttpResponse response, HttpMethod method, boolean wantsMore, boolean isOld) {
        HttpHeaders headers = response.headers();
        boolean isChunked = HttpUtil.isTransferEncodingChunked(response);
        boolean isEmpty = isEmpty(response, method);
        boolean hasLength = headers.contains(HttpHeaderNames.CONTENT_LENGTH) && !isChunked;
        boolean isUntilEnd = !isEmpty && !isChunked && !hasLength;
        boolean endsOrigin = !HttpUtil.isKeepAlive(response) || isUntilEnd;
        HopHeaders.remove(headers);
        boolean needsChunks = !isEmpty && !hasLength;
        if (isChunked) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        if (needsChunks && !isOld) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        boolean endsClient = !wantsMore || isOld;
        if (endsClient) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        response.setProtocolVersion(HttpVersion.HTTP_1_1);
        return new ResponseHead(endsClient, endsOrigin);
    }

    private static boolean isEmpty(HttpResponse response, HttpMethod method) {
        HttpResponseStatus status = response.status();
        return method.equals(HttpMethod.HEAD)
                || status.codeClass() == HttpStatusClass.INFORMATIONAL
                || status.equals(HttpResponseStatus.NO_CONTENT)
                || status.equals(HttpResponseStatus.NOT_MODIFIED);
    }
}
