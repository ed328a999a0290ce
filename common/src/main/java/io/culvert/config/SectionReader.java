package io.culvert.config;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes records of sections. One a file, confined to its caller. */
final class SectionReader {
    private static final int LEAST_MTU = 576; // RFC 791: what every host must take
    private static final int MOST_MTU = 65535;
    private static final int MOST_CONNECTIONS = 4;
    private static final int LEAST_IPV6_MTU = 1280; // RFC 8200 section 5

    private final Path folder;
    private final List<Warning> warnings;

    SectionReader(Path folder, List<Warning> warnings) {
        this.folder = folder;
        this.warnings = warnings;
    }

    InterfaceSection readInterface(Section section) throws ConfigException {
        Entry key = section.require(Key.PRIVATE_KEY, "make one with `culvert genkey`");
        List<IpPrefix> addresses = new ArrayList<>();
        for (Entry entry : section.all(Key.ADDRESS)) {
            for (String text : Values.list(entry, "[,\\s]+")) {
                addresses.add(Values.prefix(entry, text));
            }
        }
        List<IpAddress> servers = new ArrayList<>();
        List<String> domains = new ArrayList<>();
        for (Entry entry : section.all(Key.DNS)) {
            readDns(entry, servers, domains);
        }
        Entry table = section.find(Key.TABLE);
        Entry save = section.find(Key.SAVE_CONFIG);
        Entry mark = section.find(Key.FW_MARK);
        Entry port = section.find(Key.LISTEN_PORT);
        Entry killSwitch = section.find(Key.KILL_SWITCH);
        Entry superPackets = section.find(Key.SUPER_PACKETS);
        return new InterfaceSection(
                Values.privateKey(key),
                addresses,
                servers,
                domains,
                mtu(section, addresses),
                table == null ? new RoutingTable.Auto() : Values.table(table),
                hooks(section),
                save != null && Values.truth(save),
                mark == null ? null : Values.mark(mark),
                port == null ? null : (Integer) Values.number(port, 0, Values.LAST_PORT),
                killSwitch != null && Values.truth(killSwitch),
                superPackets == null || Values.truth(superPackets),
                ProxyLines.of(section));
    }

    private @Nullable Integer mtu(Section section, List<IpPrefix> addresses)
            throws ConfigException {
        Entry entry = section.find(Key.MTU);
        if (entry == null) {
            return null;
        }
        int mtu = Values.number(entry, LEAST_MTU, MOST_MTU);
        if (mtu < LEAST_IPV6_MTU && addresses.stream().anyMatch(IpPrefix::isIpv6)) {
            throw entry.badValue(
                    "IPv6 needs 1280 at least; raise it or leave the IPv6 address out");
        }
        return mtu;
    }

    /** As wg-quick does: what looks like an address is a server, the rest are search domains. */
    private static void readDns(Entry entry, List<IpAddress> servers, List<String> domains)
            throws ConfigException {
        for (String text : Values.list(entry, "[,\\s]+")) {
            if (text.matches("[0-9.]+") || text.contains(":")) {
                servers.add(Values.address(entry, text));
            } else if (text.matches("[a-zA-Z0-9_.-]{1,253}")) {
                domains.add(text);
            } else {
                throw entry.badValue("write addresses of servers, and search domains after them");
            }
        }
    }

    private static Hooks hooks(Section section) throws ConfigException {
        return new Hooks(
                lines(section, Key.PRE_UP),
                lines(section, Key.POST_UP),
                lines(section, Key.PRE_DOWN),
                lines(section, Key.POST_DOWN));
    }

    private static List<String> lines(Section section, Key key) throws ConfigException {
        List<String> lines = new ArrayList<>();
        for (Entry entry : section.all(key)) {
            if (entry.value().isEmpty()) {
                throw entry.badValue("write a shell command, or remove the line");
            }
            lines.add(entry.value());
        }
        return lines;
    }

    PeerSection readPeer(Section section) throws ConfigException {
        Entry key = section.require(Key.PUBLIC_KEY, "the peer prints it with `culvert pubkey`");
        Entry preshared = section.find(Key.PRESHARED_KEY);
        Entry keepalive = section.find(Key.PERSISTENT_KEEPALIVE);
        Entry caFile = section.find(Key.CA_FILE);
        Entry proxy = section.find(Key.PROXY);
        Entry tokenFile = section.find(Key.TOKEN_FILE);
        List<Pin> pins = new ArrayList<>();
        for (Entry entry : section.all(Key.PIN)) {
            for (String text : Values.list(entry, ",")) {
                pins.add(Values.pin(entry, text));
            }
        }
        if (proxy != null) {
            warnings.add(proxy.warning("Proxy is not used by this release: we connect directly"));
        }
        Entry endpoint = section.find(Key.ENDPOINT);
        boolean isUrl = endpoint != null && isUrl(endpoint);
        URI url = webSocket(section, isUrl ? endpoint : null);
        List<IpPrefix> allowedIps = allowedIps(section);
        Path token = tokenFile == null ? null : Values.file(tokenFile, folder);
        Path authorities = caFile == null ? null : Values.file(caFile, folder);
        refuseTrustWithoutTls(section, url);
        if (tokenFile != null && token != null) {
            warnOfToken(tokenFile, token, url);
        }
        return new PeerSection(
                Values.publicKey(key),
                preshared == null ? null : Values.presharedKey(preshared),
                allowedIps,
                endpoint == null || isUrl ? null : Values.endpoint(endpoint),
                keepalive == null ? null : Values.keepaliveSeconds(keepalive),
                url,
                pins,
                authorities,
                proxy == null ? null : Values.proxy(proxy),
                token,
                connections(section, url));
    }

    private int connections(Section section, @Nullable URI url) throws ConfigException {
        Entry entry = section.find(Key.CONNECTIONS);
        if (entry == null) {
            return 1;
        }
        if (url == null) {
            warnings.add(entry.warning("Connections means nothing without a WebSocket URL"));
        }
        return Values.number(entry, 1, MOST_CONNECTIONS);
    }

    /** Whoever writes whom to trust believes that somebody checks it. */
    private static void refuseTrustWithoutTls(Section section, @Nullable URI url)
            throws ConfigException {
        if (url != null && url.getScheme().equalsIgnoreCase("wss")) {
            return;
        }
        for (Key key : List.of(Key.PIN, Key.CA_FILE)) {
            Entry entry = section.find(key);
            if (entry != null) {
                throw entry.bad(
                        key.spelling() + " means nothing without TLS",
                        "reach the peer by #@ WebSocket = wss://…, or remove this line");
            }
        }
    }

    private void warnOfToken(Entry entry, Path file, @Nullable URI url) {
        if (url == null) {
            warnings.add(entry.warning("TokenFile means nothing without a WebSocket URL"));
        } else if (url.getScheme().equalsIgnoreCase("ws")) {
            warnings.add(entry.warning("ws:// sends the token in clear: use wss://"));
        }
        String mode = FileMode.openToEverybody(file);
        if (mode != null) {
            warnings.add(
                    entry.warning(
                            "everybody on this machine can read the token (%s): chmod 600 %s"
                                    .formatted(mode, file)));
        }
    }

    private static boolean isUrl(Entry endpoint) {
        return endpoint.value().toLowerCase(Locale.ROOT).matches("[a-z0-9]+://.*");
    }

    private static @Nullable URI webSocket(Section section, @Nullable Entry endpoint)
            throws ConfigException {
        Entry own = section.find(Key.WEB_SOCKET);
        if (own != null && endpoint != null) {
            throw own.bad(
                    "the WebSocket URL stands in line " + endpoint.line() + " already",
                    "keep one of the two");
        }
        Entry entry = own == null ? endpoint : own;
        return entry == null ? null : Values.webSocket(entry);
    }

    private List<IpPrefix> allowedIps(Section section) throws ConfigException {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (Entry entry : section.all(Key.ALLOWED_IPS)) {
            for (String text : Values.list(entry, ",")) {
                IpPrefix prefix = Values.prefix(entry, text).masked();
                warnOfForgottenLength(entry, text, prefix);
                if (!prefixes.contains(prefix)) {
                    prefixes.add(prefix);
                }
            }
        }
        return prefixes;
    }

    /** A bare address is one host, as in wg(8); one that looks like a network is suspicious. */
    private void warnOfForgottenLength(Entry entry, String text, IpPrefix prefix) {
        if (!text.contains("/") && text.matches(".*(\\.0|::)")) {
            warnings.add(
                    entry.warning(
                            "%s means the single host %s: write the length if it is a network"
                                    .formatted(text, prefix)));
        }
    }
}
