package io.culvert.server.site;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One page at the root, as of a web server just installed. Thread-safe (stateless). */
final class PlainSite extends Handler.Abstract.NonBlocking {
    private static final byte[] PAGE =
            "<html>\r\n<body><h1>It works!</h1></body>\r\n</html>\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = request.getHttpURI().getCanonicalPath();
        if (!"/".equals(path) && !"/index.html".equals(path)) {
            return false;
        }
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            Response.writeError(request, response, callback, 405);
            return true;
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/html");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, PAGE.length);
        response.write(true, ByteBuffer.wrap(PAGE), callback);
        return true;
    }
}
