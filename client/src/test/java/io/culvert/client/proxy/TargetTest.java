package io.culvert.client.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.example:80",
                "_srv.a-b.example.:1",
                "10.0.0.1:65535",
                "[fd08::1]:22",
                "x:1",
                "xn--nxasmq6b.example:443",
                "3com.example:80"
            })
    void readsHostAndPort(String text) {
        assertEquals(text, String.valueOf(Target.parse(text, 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "a.example",
                "a.example:",
                "a.example:0",
                "a.example:65536",
                "a b:80",
                "fd08::1:22",
                "[fd08::1]",
                "[fd08::1]x:22",
                "[a.example]:80",
                "[]:80",
                "a..b:80",
                "1.2.3:80",
                "256.1.1.1:80",
                "1.2.3.4.5:80",
                "a@b:80",
                "ä.example:80",
                "a:80:90",
                "a/b:80",
                "\"a:80"
            })
    void refusesWhatIsNone(String text) {
        assertNull(Target.parse(text, 0));
    }

    @Test
    void refusesNamesThatAreTooLong() {
        assertNull(Target.of("a".repeat(64), 80));
        assertNotNull(Target.of("a".repeat(63), 80));
        assertNull(Target.of("a.".repeat(127) + "aa", 80));
        assertNotNull(Target.of("a.".repeat(126) + "a", 80));
    }

    @Test
    void takesADefaultPort() {
        assertEquals("a.example:80", String.valueOf(Target.parse("a.example", 80)));
        assertEquals("[fd08::1]:80", String.valueOf(Target.parse("[fd08::1]", 80)));
    }

    @Test
    void knowsThisMachineByItsName() {
        assertTrue(new Target("LocalHost", 80).isLocalhost());
        assertTrue(new Target("a.localhost.", 80).isLocalhost());
        assertFalse(new Target("localhost.example", 80).isLocalhost());
        assertFalse(new Target("notlocalhost", 80).isLocalhost());
    }
}
