package io.culvert.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tokens file. */
final class TokensTest {
    @Test
    void readsOneTokenALine() {
        Tokens tokens = Tokens.parse("# staff\n  alpha-1 \r\n\n#beta\nbeta==\n");
        assertEquals(2, tokens.size());
        assertTrue(tokens.admits("alpha-1"));
        assertTrue(tokens.admits("beta=="));
    }

    @ParameterizedTest
    @CsvSource({"''", "alpha", "alpha-11", "ALPHA-1", "#beta", "beta", "' alpha-1'", "# staff"})
    void admitsNothingElse(String token) {
        assertFalse(Tokens.parse("# staff\nalpha-1\n#beta\nbeta==").admits(token));
    }

    @Test
    void emptyFileAdmitsNobody() {
        assertFalse(Tokens.parse("").admits(""));
        assertFalse(Tokens.parse("\n# nobody\n").admits("x"));
    }

    @Test
    void longTokensAreRefusedUnread() {
        String longest = "x".repeat(Tokens.MOST_CHARACTERS);
        Tokens tokens = Tokens.parse(longest);
        assertTrue(tokens.admits(longest));
        assertFalse(tokens.admits(longest + "x"));
    }

    @ParameterizedTest
    @CsvSource({
        "'ok\nnot ok', 'line 2: a token has visible ASCII characters only, no blanks'",
        "'\n\nna\u00efve', 'line 3: a token has visible ASCII characters only, no blanks'",
        "'a\u0000b', 'line 1: a token has visible ASCII characters only, no blanks'"
    })
    void namesLineAndFaultButNotTheToken(String text, String message) {
        var thrown = assertThrows(IllegalArgumentException.class, () -> Tokens.parse(text));
        assertEquals(message, thrown.getMessage());
    }

    @Test
    void isBounded() {
        String most = "a\n".repeat(Tokens.MOST_TOKENS);
        assertEquals(Tokens.MOST_TOKENS, Tokens.parse(most).size());
        assertThrows(IllegalArgumentException.class, () -> Tokens.parse(most + "b"));
        String tooLong = "x".repeat(Tokens.MOST_CHARACTERS + 1);
        assertThrows(IllegalArgumentException.class, () -> Tokens.parse(tooLong));
    }
}
