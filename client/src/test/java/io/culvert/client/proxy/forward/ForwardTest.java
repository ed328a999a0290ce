package io.culvert.client.proxy.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.forward.Forward.Side;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardTest {
    @ParameterizedTest
    @CsvSource({
        "8080:intranet:80, 127.0.0.1:8080, intranet:80",
        "0.0.0.0:8080:10.0.0.1:80, 0.0.0.0:8080, 10.0.0.1:80",
        "*:8080:10.0.0.1:80, 0.0.0.0:8080, 10.0.0.1:80",
        ":8080:10.0.0.1:80, 0.0.0.0:8080, 10.0.0.1:80",
        "localhost:8080:h:80, 127.0.0.1:8080, h:80",
        "[::1]:8080:[fd08::1]:80, [::1]:8080, [fd08::1]:80",
        "8080:[fd08::1]:80/tcp, 127.0.0.1:8080, [fd08::1]:80",
        "/run/x.sock:intranet:80, unix:/run/x.sock, intranet:80"
    })
    void readsLocalForwards(String text, String at, String to) {
        Forward.Local forward = (Forward.Local) Forward.parse(Side.LOCAL, text);
        assertEquals(at, forward.at().toString());
        assertEquals(to, forward.to().toString());
        assertFalse(forward.isUdp());
    }

    @ParameterizedTest
    @CsvSource({
        "8080:localhost:80, , 8080, 127.0.0.1:80",
        "*:8080:localhost:80, , 8080, 127.0.0.1:80",
        ":8080:192.168.1.2:80, , 8080, 192.168.1.2:80",
        "10.8.0.2:8080:[::1]:80, 10.8.0.2, 8080, [::1]:80",
        "[fd08::2]:8080:localhost:80, fd08::2, 8080, 127.0.0.1:80",
        "8080:/run/x.sock, , 8080, unix:/run/x.sock",
        "10.8.0.2:8080:/run/x.sock, 10.8.0.2, 8080, unix:/run/x.sock"
    })
    void readsRemoteForwards(String text, String at, int port, String to) {
        Forward.Remote forward = (Forward.Remote) Forward.parse(Side.REMOTE, text);
        assertEquals(String.valueOf(at), String.valueOf(forward.at()));
        assertEquals(port, forward.port());
        assertEquals(to, forward.to().toString());
        assertFalse(forward.isUdp());
    }

    @ParameterizedTest
    @ValueSource(strings = {"5353:10.8.0.1:53/udp", "[::1]:5353:[fd08::1]:53/udp"})
    void readsDatagrams(String text) {
        assertTrue(((Forward.Local) Forward.parse(Side.LOCAL, text)).isUdp());
        assertTrue(((Forward.Remote) Forward.parse(Side.REMOTE, text)).isUdp());
    }

    @ParameterizedTest
    @CsvSource({
        "'', parts are missing",
        "8080, parts are missing",
        "8080:h, parts are missing",
        "1:2:3:4:5, parts are missing",
        "0:h:80, '0' is no port",
        "65536:h:80, '65536' is no port",
        "8080:h:http, 'http' is no port",
        "x:h:80, 'x' is no port",
        "host:8080:h:80, 'host' is no address",
        "8080:a b:80, 'a b' is no host's name or address",
        "8080:1.2.3:80, '1.2.3' is no host's name or address",
        "[::1:8080:h:80, ']' is missing",
        "[::1]x:8080:h:80, after ']' a ':' is expected",
        "8080:/run/x.sock, no path is reached through a tunnel",
        "/run/x.sock:h:80/udp, a Unix socket carries no datagrams",
        "/run/x.sock:80, behind the path host:port is expected"
    })
    void saysWhatIsWrongInOneLine(String text, String what) {
        String line = lineFor(Side.LOCAL, text);
        assertTrue(line.startsWith("-L " + text + ": " + what), line);
        assertTrue(line.endsWith("as in -L 8080:intranet:80"), line);
        assertFalse(line.contains("\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "8080:nas:80, 'nas' is on this machine's side",
        "8080:80, parts are missing",
        "8080:/run/x.sock/udp, a Unix socket carries no datagrams",
        "h:8080:localhost:80, 'h' is no address"
    })
    void saysWhatIsWrongWithRemoteForwards(String text, String what) {
        String line = lineFor(Side.REMOTE, text);
        assertTrue(line.startsWith("-R " + text + ": " + what), line);
    }

    @Test
    void saysThatAPathIsNone() {
        assertTrue(lineFor(Side.LOCAL, "/run/\0:h:80").contains("' is no path; write"));
        assertTrue(lineFor(Side.REMOTE, "80:/run/\0").contains("' is no path; write"));
    }

    private static String lineFor(Side side, String text) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> Forward.parse(side, text))
                        .getMessage());
    }
}
