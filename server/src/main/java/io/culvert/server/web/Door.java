package io.culvert.server.web;

import io.culvert.carrier.WebSocketKeys;
import io.culvert.time.WallClock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The way in. A request that is a WebSocket's handshake, whole and entitled, gets 101 and becomes a
 * tunnel; any other goes on to the website untouched, so that nothing tells that there is a door.
 * Thread-safe.
 */
final class Door extends Handler.Wrapper {
    private final Map<String, Entrance> entrances;
    private final WallClock wall;
    private final Tunnels tunnels;

    Door(List<Entrance> entrances, WallClock wall, Tunnels tunnels) {
        this.entrances =
                entrances.stream().collect(Collectors.toMap(Entrance::path, Function.identity()));
        this.wall = wall;
        this.tunnels = tunnels;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Entrance entrance = entrances.get(request.getHttpURI().getPath());
        Handshake handshake = entrance == null ? null : entitled(request, entrance);
        if (entrance == null || handshake == null) {
            return super.handle(request, response, callback);
        }
        Remote remote = Remote.of(request);
        request.setAttribute(
                HttpStream.UPGRADE_CONNECTION_ATTRIBUTE,
                new TunnelConnection(
                        request.getConnectionMetaData().getConnection().getEndPoint(),
                        request.getComponents().getExecutor(),
                        tunnels,
                        new Tunnels.Origin(entrance, handshake.protocol(), remote, wall.now())));
        response.setStatus(101);
        response.getHeaders().put(HttpHeader.UPGRADE, "websocket");
        response.getHeaders().put(HttpHeader.CONNECTION, "Upgrade");
        response.getHeaders()
                .put(HttpHeader.SEC_WEBSOCKET_ACCEPT, WebSocketKeys.accept(handshake.key()));
        String subprotocol = handshake.protocol().subprotocol();
        if (subprotocol != null) {
            response.getHeaders().put(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, subprotocol);
        }
        response.write(true, null, callback);
        return true;
    }

    private @Nullable Handshake entitled(Request request, Entrance entrance) {
        Handshake handshake = Handshake.of(request);
        return handshake != null && entrance.door().admits(handshake.token(), wall.now())
                ? handshake
                : null;
    }
}
