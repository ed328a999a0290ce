package io.culvert.client.proxy.http;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Netty's encoder, told which responses have no body. Confined to the loop. */
final class ReplyEncoder extends HttpResponseEncoder {
    private boolean answersHead;

    /** Says whether the next final response answers a HEAD. */
    void answersHead(boolean isHead) {
        answersHead = isHead;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        boolean isInterim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        return (answersHead && !isInterim) || super.isContentAlwaysEmpty(response);
    }
}
