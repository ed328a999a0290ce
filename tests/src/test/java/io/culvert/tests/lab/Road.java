package io.culvert.tests.lab;

/** The ways from client to gateway that the end-to-end tests travel. */
public enum Road {
    WSS_4("https://0.0.0.0:443", "192.0.2.1"),
    WSS_6("https://[::]:443", "[2001:db8:1::1]"),
    NGINX_4("http://127.0.0.1:8080", "192.0.2.1"),
    NGINX_6_UNIX("unix://%s/http.sock", "[2001:db8:1::1]"),
    UDP_4("udp://0.0.0.0:51820", "192.0.2.1"),
    UDP_6("udp://[::]:51820", "[2001:db8:1::1]");

    private final String listen;
    private final String host;

    Road(String listen, String host) {
        this.listen = listen;
        this.host = host;
    }

    /** The gateway's {@code listen} value. */
    String listen(String runtimeFolder) {
        return listen.formatted(runtimeFolder);
    }

    /** The gateway's address as it stands in a URL. */
    String host() {
        return host;
    }

    public boolean isUdp() {
        return this == UDP_4 || this == UDP_6;
    }

    public boolean isBehindNginx() {
        return this == NGINX_4 || this == NGINX_6_UNIX;
    }
}
