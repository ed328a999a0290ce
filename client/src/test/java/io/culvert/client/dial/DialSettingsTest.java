package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.Hello;
import io.culvert.client.tls.Trust;
import java.net.URI;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialSettingsTest {
    static DialSettings of(String url, boolean bare) {
        return new DialSettings(
                URI.create(url),
                new Trust.SystemStore(),
                () -> "secret",
                bare,
                0,
                new Hello(1, new UUID(0, 0), 0, 16_384),
                DialSettings.CONNECT_TIMEOUT_MS);
    }

    @Test
    void takesUrlsWithAndWithoutPortApart() {
        DialSettings settings = of("wss://vpn.example.com/connect", false);
        assertTrue(settings.isSecure());
        assertEquals("vpn.example.com", settings.host());
        assertEquals(443, settings.port());
        assertEquals("vpn.example.com", settings.authority());
        assertEquals("/connect", settings.target());
        assertEquals("wss", settings.kind());
        settings = of("ws://[2001:db8::1]:81?q=1", false);
        assertFalse(settings.isSecure());
        assertEquals("2001:db8::1", settings.host());
        assertEquals(81, settings.port());
        assertEquals("[2001:db8::1]:81", settings.authority());
        assertEquals("/?q=1", settings.target());
        assertEquals("ws", settings.kind());
    }

    @ParameterizedTest
    @CsvSource({
        "https://h/, begin it with wss://",
        "//h/, begin it with wss://",
        "wss:///x, a host belongs",
        "wss://u:p@h/, are not sent",
        "wss://h/#f, remove it",
    })
    void refusesUrlsThatCannotBeDialled(String url, String part) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> of(url, false));
        String line = String.valueOf(refusal.getMessage());
        assertTrue(line.contains(part), line);
        assertFalse(line.contains("u:p"), line);
    }

    @Test
    void doesNotShowItsToken() {
        assertFalse(of("wss://h/", false).toString().contains("secret"));
    }
}
