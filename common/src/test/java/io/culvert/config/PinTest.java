package io.culvert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinTest {
    private static PublicKey key() throws NoSuchAlgorithmException {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    }

    @Test
    void ofAKeyIsTheHashOfItsSubjectPublicKeyInfo() throws Exception {
        PublicKey key = key();
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        assertEquals(Pin.of(hash), Pin.of(key));
    }

    @Test
    void isReadAsItIsWritten() throws Exception {
        Pin pin = Pin.of(key());
        assertEquals(pin, Pin.parse(pin.toString()));
        assertEquals("sha256/".length() + 44, pin.toString().length());
    }

    @Test
    void differsFromKeyToKey() throws Exception {
        assertNotEquals(Pin.of(key()), Pin.of(key()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256/",
                "sha1/AAAA",
                "sha256/AAAA",
                "sha256/!!!!",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void refusesWhatIsNoPin(String text) {
        assertThrows(IllegalArgumentException.class, () -> Pin.parse(text));
    }
}
