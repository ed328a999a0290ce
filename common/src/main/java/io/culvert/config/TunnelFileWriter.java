package io.culvert.config;

import io.culvert.ip.IpPrefix;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes a tunnel file that stock wg-quick reads. One a file, confined to its caller. */
final class TunnelFileWriter {
    private final StringBuilder text = new StringBuilder();
    private final Path folder;

    private TunnelFileWriter(Path folder) {
        this.folder = folder;
    }

    static String write(TunnelFile file) {
        TunnelFileWriter writer = new TunnelFileWriter(file.folder());
        writer.writeInterface(file.local());
        file.peers().forEach(writer::writePeer);
        return writer.text.toString();
    }

    private void writeInterface(InterfaceSection local) {
        text.append("[Interface]\n");
        put(Key.PRIVATE_KEY, local.privateKey().toBase64());
        putAll(Key.ADDRESS, local.addresses());
        String dns =
                Stream.concat(local.dnsServers().stream(), local.searchDomains().stream())
                        .map(Object::toString)
                        .collect(Collectors.joining(", "));
        put(Key.DNS, dns.isEmpty() ? null : dns);
        put(Key.MTU, local.mtu());
        put(Key.TABLE, local.table() instanceof RoutingTable.Auto ? null : local.table());
        local.hooks().preUp().forEach(line -> put(Key.PRE_UP, line));
        local.hooks().postUp().forEach(line -> put(Key.POST_UP, line));
        local.hooks().preDown().forEach(line -> put(Key.PRE_DOWN, line));
        local.hooks().postDown().forEach(line -> put(Key.POST_DOWN, line));
        put(Key.SAVE_CONFIG, local.saveConfig() ? "true" : null);
        put(Key.FW_MARK, local.fwMark());
        put(Key.LISTEN_PORT, local.listenPort());
        put(Key.KILL_SWITCH, local.killSwitch() ? "true" : null);
        put(Key.SUPER_PACKETS, local.superPackets() ? null : "false");
        writeProxy(local.proxy());
    }

    private void writeProxy(ProxyLines proxy) {
        put(Key.SOCKS, valueOf(proxy.socks()));
        put(Key.HTTP, valueOf(proxy.http()));
        proxy.localForwards().forEach(line -> put(Key.LOCAL_FORWARD, line.value()));
        proxy.remoteForwards().forEach(line -> put(Key.REMOTE_FORWARD, line.value()));
        put(Key.DNS_LISTEN, valueOf(proxy.dnsListen()));
    }

    private static @Nullable String valueOf(ProxyLines.@Nullable Line line) {
        return line == null ? null : line.value();
    }

    private void writePeer(PeerSection peer) {
        text.append("\n[Peer]\n");
        put(Key.PUBLIC_KEY, peer.publicKey().toBase64());
        put(Key.PRESHARED_KEY, peer.presharedKey() == null ? null : peer.presharedKey().toBase64());
        putAll(Key.ALLOWED_IPS, peer.allowedIps());
        put(Key.ENDPOINT, peer.endpoint());
        put(Key.PERSISTENT_KEEPALIVE, peer.persistentKeepaliveSeconds());
        put(Key.WEB_SOCKET, peer.webSocket());
        peer.pins().forEach(pin -> put(Key.PIN, pin));
        put(Key.CA_FILE, relative(peer.caFile()));
        put(Key.PROXY, peer.proxy());
        put(Key.TOKEN_FILE, relative(peer.tokenFile()));
        put(Key.CONNECTIONS, peer.connections() == 1 ? null : peer.connections());
    }

    private @Nullable Path relative(@Nullable Path path) {
        return path != null && path.startsWith(folder) ? folder.relativize(path) : path;
    }

    private void putAll(Key key, List<IpPrefix> values) {
        if (!values.isEmpty()) {
            put(key, values.stream().map(IpPrefix::toString).collect(Collectors.joining(", ")));
        }
    }

    private void put(Key key, @Nullable Object value) {
        if (value != null) {
            text.append(key.lineStart()).append(value).append('\n');
        }
    }
}
