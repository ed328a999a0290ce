package io.culvert.client.proxy;

import java.util.Locale;

/** What a flow of the proxy was asked for by. */
public enum FlowKind {
    SOCKS4,
    SOCKS5,
    SOCKS5_UDP,
    HTTP,
    HTTP_CONNECT,
    LOCAL_FORWARD,
    LOCAL_UDP_FORWARD,
    REMOTE_FORWARD,
    REMOTE_UDP_FORWARD,
    STDIO;

    /** The name as it stands in {@code show --json}: kebab case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it carries datagrams, of whose end nobody tells. */
    public boolean isUdp() {
        return this == SOCKS5_UDP || this == LOCAL_UDP_FORWARD || this == REMOTE_UDP_FORWARD;
    }
}
