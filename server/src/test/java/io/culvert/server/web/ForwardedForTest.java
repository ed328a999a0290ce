package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ForwardedForTest {
    private static final ForwardedFor PROXIES =
            new ForwardedFor(List.of(IpPrefix.parse("127.0.0.0/8"), IpPrefix.parse("fd00::/8")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9.9.9.9 | 9.9.9.9",
                "6.6.6.6, 9.9.9.9 | 9.9.9.9",
                "6.6.6.6, 9.9.9.9, 127.0.0.2 | 9.9.9.9",
                "9.9.9.9, fd00::1, 127.0.0.2 | 9.9.9.9",
                "127.0.0.3, 127.0.0.2 | 127.0.0.3",
                "6.6.6.6, garbage, 127.0.0.2 | 127.0.0.2",
                "9.9.9.9:1234 | 9.9.9.9",
                "2001:db8::1 | 2001:db8::1",
                "[2001:db8::1] | 2001:db8::1",
                "[2001:db8::1]:80 | 2001:db8::1",
            })
    void walksFromTheRight(String header, String client) {
        HttpFields headers = HttpFields.build().add("X-Forwarded-For", header);
        assertEquals(IpAddress.parse(client), PROXIES.client(peer("127.0.0.1"), headers));
    }

    @Test
    void joinsSeveralHeaders() {
        HttpFields headers =
                HttpFields.build()
                        .add("X-Forwarded-For", "6.6.6.6")
                        .add("X-Forwarded-For", "9.9.9.9, 127.0.0.2");
        assertEquals(IpAddress.parse("9.9.9.9"), PROXIES.client(peer("127.0.0.1"), headers));
    }

    @Test
    void believesNobodyElse() {
        HttpFields headers = HttpFields.build().add("X-Forwarded-For", "9.9.9.9");
        assertNull(PROXIES.client(peer("8.8.8.8"), headers));
        assertNull(new ForwardedFor(List.of()).client(peer("127.0.0.1"), headers));
        assertNull(PROXIES.client(null, headers));
    }

    @Test
    void believesAUnixSocket() {
        SocketAddress peer = UnixDomainSocketAddress.of("");
        HttpFields headers = HttpFields.build().add("X-Forwarded-For", "6.6.6.6, 9.9.9.9");
        assertEquals(IpAddress.parse("9.9.9.9"), new ForwardedFor(List.of()).client(peer, headers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "", "999.1.1.1", "unknown", "[", "[]:1", ":1", "1.2.3"})
    void learnsNothingFromGarbage(String header) {
        HttpFields headers = HttpFields.build().add("X-Forwarded-For", header);
        assertNull(PROXIES.client(peer("127.0.0.1"), headers));
    }

    private static SocketAddress peer(String address) {
        return new InetSocketAddress(address, 1);
    }
}
