package io.culvert.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.app.run.WrongInput;
import io.culvert.crypto.PrivateKey;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ShortCommandsTest {
    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String answer(String word, String input) throws Exception {
        String answer = ShortCommands.answer(new String[] {word}, in(input));
        assertNotNull(answer);
        return answer;
    }

    @Test
    void publicKeyIsThePrivateKeysOwn() throws Exception {
        String key = answer("genkey", "");

        String publicKey = answer("pubkey", key + "\n");

        assertEquals(PrivateKey.parse(key).publicKey().toBase64(), publicKey);
    }

    /** RFC 7748 section 6.1, Alice's pair. */
    @Test
    void publicKeyIsTheOneOfTheStandard() throws Exception {
        assertEquals(
                "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=",
                answer("pubkey", "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="));
    }

    @Test
    void versionNamesTheProgramAndJava() throws Exception {
        assertTrue(answer("--version", "").matches("(?s)culvert .*\\RJava .*"));
    }

    @Test
    void wrongKeyIsRefusedWithoutRepeatingIt() {
        WrongInput refused = assertThrows(WrongInput.class, () -> answer("pubkey", "no-key"));

        assertTrue(!String.valueOf(refused.getMessage()).contains("no-key"));
    }

    @Test
    void everythingElseIsForTheParser() throws Exception {
        assertNull(ShortCommands.answer(new String[] {"up"}, in("")));
        assertNull(ShortCommands.answer(new String[] {"genkey", "--help"}, in("")));
        assertNull(ShortCommands.answer(new String[] {}, in("")));
    }
}
