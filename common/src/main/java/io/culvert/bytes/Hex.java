package io.culvert.bytes;

import java.util.HexFormat;

/** Lower-case hexadecimal, for golden files and messages. Thread-safe (stateless). */
public final class Hex {
    private static final HexFormat FORMAT = HexFormat.of();

    private Hex() {}

    /** The bytes as lower-case digits, two a byte. */
    public static String encode(byte[] bytes) {
        return FORMAT.formatHex(bytes);
    }

    /** The bytes that {@code digits} spell; blanks are skipped. */
    public static byte[] decode(String digits) {
        return FORMAT.parseHex(digits.replaceAll("\\s", ""));
    }
}
