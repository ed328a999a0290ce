package io.culvert.door;

import io.culvert.crypto.Blake2s;
import io.culvert.crypto.ConstantTime;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bearer tokens that open the door, kept as hashes. Immutable.
 *
 * <p>The file holds one token a line; blank lines and lines that begin with {@code #} are skipped.
 */
public final class Tokens {
    /** Most tokens in one file. */
    public static final int MOST_TOKENS = 4096;

    /** Longest token. */
    public static final int MOST_CHARACTERS = 512;

    private static final int HASH_LENGTH = 32;

    private final List<byte[]> hashes;

    private Tokens(List<byte[]> hashes) {
        this.hashes = hashes;
    }

    /**
     * The tokens in the file's text.
     *
     * @throws IllegalArgumentException with one line that names the line and the fault, never the
     *     token
     */
    public static Tokens parse(String text) {
        List<byte[]> hashes = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            String token = line.strip();
            if (token.isEmpty() || token.startsWith("#")) {
                continue;
            }
            check(token, number);
            if (hashes.size() == MOST_TOKENS) {
                throw fault(number, "more than " + MOST_TOKENS + " tokens; remove old ones");
            }
            hashes.add(hash(token));
        }
        return new Tokens(List.copyOf(hashes));
    }

    /** How many tokens there are. */
    public int size() {
        return hashes.size();
    }

    /** Whether the token is listed. How long that takes does not depend on where or whether. */
    public boolean admits(String token) {
        if (token.length() > MOST_CHARACTERS) {
            return false;
        }
        byte[] hash = hash(token);
        boolean found = false;
        for (byte[] listed : hashes) {
            found |= ConstantTime.equals(listed, 0, hash, 0, HASH_LENGTH);
        }
        return found;
    }

    private static void check(String token, int number) {
        if (token.length() > MOST_CHARACTERS) {
            throw fault(number, "a token has at most " + MOST_CHARACTERS + " characters");
        }
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw fault(number, "a token has visible ASCII characters only, no blanks");
        }
    }

    private static IllegalArgumentException fault(int number, String what) {
        return new IllegalArgumentException("line " + number + ": " + what);
    }

    private static byte[] hash(String token) {
        return Blake2s.hash256(token.getBytes(StandardCharsets.UTF_8));
    }
}
