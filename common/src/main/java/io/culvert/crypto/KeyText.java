package io.culvert.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The two spellings of a 32-byte key, base64 (files) and hexadecimal (the control socket), without
 * a branch or a table lookup that depends on a digit. Thread-safe (stateless).
 */
final class KeyText {
    /** Length of every key in bytes. */
    static final int KEY_LENGTH = 32;

    private static final int BASE64_LENGTH = 44;
    private static final int HEX_LENGTH = 64;

    private KeyText() {}

    /** Base64 with its padding, RFC 4648 section 4. */
    static String toBase64(byte[] key) {
        byte[] text = new byte[BASE64_LENGTH];
        byte[] padded = Arrays.copyOf(key, KEY_LENGTH + 1);
        for (int in = 0, out = 0; in < padded.length; in += 3, out += 4) {
            int group =
                    ((padded[in] & 0xff) << 16)
                            | ((padded[in + 1] & 0xff) << 8)
                            | (padded[in + 2] & 0xff);
            text[out] = base64Letter(group >>> 18);
            text[out + 1] = base64Letter((group >>> 12) & 63);
            text[out + 2] = base64Letter((group >>> 6) & 63);
            text[out + 3] = base64Letter(group & 63);
        }
        text[BASE64_LENGTH - 1] = '=';
        return spend(text, padded);
    }

    /** The key that exactly 44 characters of base64 spell. */
    static byte[] fromBase64(String text, String what) {
        if (text.length() != BASE64_LENGTH || text.charAt(BASE64_LENGTH - 1) != '=') {
            throw malformed(what, "44 characters of base64 that end in =", text);
        }
        byte[] padded = new byte[KEY_LENGTH + 1];
        int wrong = 0;
        for (int in = 0, out = 0; out < padded.length; in += 4, out += 3) {
            // The last character is the padding; read it as a digit of value 0.
            char fourth = in + 4 == BASE64_LENGTH ? 'A' : text.charAt(in + 3);
            int first = base64Digit(text.charAt(in));
            int second = base64Digit(text.charAt(in + 1));
            int third = base64Digit(text.charAt(in + 2));
            int last = base64Digit(fourth);
            wrong |= first | second | third | last;
            int group = (first << 18) | (second << 12) | (third << 6) | last;
            padded[out] = (byte) (group >>> 16);
            padded[out + 1] = (byte) (group >>> 8);
            padded[out + 2] = (byte) group;
        }
        // Two bits stand over after 32 bytes; a canonical spelling has them zero.
        boolean isCanonical = padded[KEY_LENGTH] == 0;
        byte[] key = Arrays.copyOf(padded, KEY_LENGTH);
        Arrays.fill(padded, (byte) 0);
        if (wrong < 0 || !isCanonical) {
            Arrays.fill(key, (byte) 0);
            throw malformed(what, "44 characters of base64 that spell 32 bytes", text);
        }
        return key;
    }

    /** Lower-case hexadecimal. */
    static String toHex(byte[] key) {
        byte[] text = new byte[HEX_LENGTH];
        for (int i = 0; i < KEY_LENGTH; i++) {
            text[2 * i] = hexLetter((key[i] >>> 4) & 15);
            text[2 * i + 1] = hexLetter(key[i] & 15);
        }
        return spend(text, new byte[0]);
    }

    /** The key that exactly 64 hexadecimal digits spell. */
    static byte[] fromHex(String text, String what) {
        if (text.length() != HEX_LENGTH) {
            throw malformed(what, "64 hexadecimal digits", text);
        }
        byte[] key = new byte[KEY_LENGTH];
        int wrong = 0;
        for (int i = 0; i < KEY_LENGTH; i++) {
            int high = hexDigit(text.charAt(2 * i));
            int low = hexDigit(text.charAt(2 * i + 1));
            wrong |= high | low;
            key[i] = (byte) ((high << 4) | low);
        }
        if (wrong < 0) {
            Arrays.fill(key, (byte) 0);
            throw malformed(what, "64 hexadecimal digits", text);
        }
        return key;
    }

    private static String spend(byte[] text, byte[] secret) {
        String string = new String(text, StandardCharsets.ISO_8859_1);
        Arrays.fill(text, (byte) 0);
        Arrays.fill(secret, (byte) 0);
        return string;
    }

    private static byte base64Letter(int value) {
        int letter = 'A' + value;
        letter += above(value, 25) & (('a' - 26) - 'A');
        letter += above(value, 51) & (('0' - 52) - ('a' - 26));
        letter += above(value, 61) & (('+' - 62) - ('0' - 52));
        letter += above(value, 62) & (('/' - 63) - ('+' - 62));
        return (byte) letter;
    }

    /** The digit's value, or a negative number for what is no digit. */
    private static int base64Digit(char letter) {
        int value = -1;
        value += within(letter, 'A', 'Z') & (letter - 'A' + 1);
        value += within(letter, 'a', 'z') & (letter - 'a' + 26 + 1);
        value += within(letter, '0', '9') & (letter - '0' + 52 + 1);
        value += within(letter, '+', '+') & (62 + 1);
        value += within(letter, '/', '/') & (63 + 1);
        return value;
    }

    private static byte hexLetter(int value) {
        return (byte) ('0' + value + (above(value, 9) & ('a' - 10 - '0')));
    }

    /** The digit's value, or a negative number for what is no digit. */
    private static int hexDigit(char letter) {
        int value = -1;
        value += within(letter, '0', '9') & (letter - '0' + 1);
        value += within(letter, 'a', 'f') & (letter - 'a' + 10 + 1);
        value += within(letter, 'A', 'F') & (letter - 'A' + 10 + 1);
        return value;
    }

    /** All ones when {@code value} is greater than {@code limit}, else zero. */
    private static int above(int value, int limit) {
        return (limit - value) >> 31;
    }

    /** All ones when {@code value} lies between the two, both included, else zero. */
    private static int within(int value, int first, int last) {
        return ((first - 1 - value) & (value - last - 1)) >> 31;
    }

    /** Says what is wrong without saying the text: it may be a secret. */
    private static IllegalArgumentException malformed(String what, String wanted, String text) {
        return new IllegalArgumentException(
                what + " is not " + wanted + " (it has " + text.length() + " characters)");
    }
}
