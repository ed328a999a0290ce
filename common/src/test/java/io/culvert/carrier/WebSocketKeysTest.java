package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Upgrade keys, with the example of RFC 6455 §1.3. */
final class WebSocketKeysTest {
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    @Test
    void answersTheExampleOfRfc6455() {
        assertEquals(ACCEPT, WebSocketKeys.accept(KEY));
        assertTrue(WebSocketKeys.answers(ACCEPT, KEY));
        assertTrue(WebSocketKeys.answers(" " + ACCEPT + " ", KEY));
        assertFalse(WebSocketKeys.answers(ACCEPT.replace('s', 'S'), KEY));
        assertFalse(WebSocketKeys.answers("", KEY));
    }

    @Test
    void makesValidKeysThatDiffer() {
        Random random = new Random(5);
        String one = WebSocketKeys.make(random);
        assertTrue(WebSocketKeys.isValid(one));
        assertNotEquals(one, WebSocketKeys.make(random));
        assertTrue(WebSocketKeys.isValid(KEY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "==",
                "dGhlIHNhbXBsZSBub25jZQ",
                "dGhlIHNhbXBsZSBub25jZQ=",
                "dGhlIHNhbXBsZSBub25jZSE=",
                "dGhlIHNhbXBsZSBub25jZSEhISEh",
                "dGhlIHNhbXBsZSBub25j!Q==",
                "dGhl IHNhbXBsZSBub25jZ==",
                "dGhlIHNhbXBsZSBub25j\u00e9Q==",
                "========================"
            })
    void refusesKeysThatAreNotSixteenBytes(String key) {
        assertFalse(WebSocketKeys.isValid(key));
    }
}
