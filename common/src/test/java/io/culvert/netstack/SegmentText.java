package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.netstack.tcp.TcpOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Flags and options of a {@link Script}'s segments, to and from their spelling. */
final class SegmentText {
    private static final String LETTERS = "FSRP."; // bit by bit
    private static final String SHOWN = "SFRP.";

    private SegmentText() {}

    static String flags(int flags) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < SHOWN.length(); i++) {
            char letter = SHOWN.charAt(i);
            if ((flags & 1 << LETTERS.indexOf(letter)) != 0) {
                text.append(letter);
            }
        }
        return text.toString();
    }

    static int flagsOf(String letters) {
        int flags = 0;
        for (int i = 0; i < letters.length(); i++) {
            flags |= 1 << LETTERS.indexOf(letters.charAt(i));
        }
        return flags;
    }

    static int putOptions(byte[] array, int from, @Nullable String text, int initial) {
        int at = from;
        if (text == null) {
            return at;
        }
        for (String option : text.split(",", -1)) {
            String[] words = option.split("[ :]", -1);
            at =
                    switch (words[0]) {
                        case "mss" ->
                                TcpOptions.putSegmentSize(array, at, Integer.parseInt(words[1]));
                        case "wscale" ->
                                TcpOptions.putWindowScale(array, at, Integer.parseInt(words[1]));
                        case "sackOK" -> TcpOptions.putSackPermitted(array, at);
                        case "ts" ->
                                TcpOptions.putTimestamps(
                                        array,
                                        at,
                                        Integer.parseInt(words[1]),
                                        Integer.parseInt(words[2]));
                        case "sack" -> putSacks(array, at, words, initial);
                        default -> throw new AssertionError(option);
                    };
        }
        return at;
    }

    private static int putSacks(byte[] array, int at, String[] words, int initial) {
        int[] blocks = new int[words.length - 1];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = initial + Integer.parseInt(words[i + 1]);
        }
        return TcpOptions.putSacks(array, at, blocks, blocks.length / 2);
    }

    static String options(byte[] array, int from, int to, int initial) {
        List<String> options = new ArrayList<>();
        int at = from;
        while (at < to) {
            int kind = array[at];
            if (kind <= 1) {
                at++;
                continue;
            }
            int length = array[at + 1];
            switch (kind) {
                case 2 -> options.add("mss " + BigEndian.getShort(array, at + 2));
                case 3 -> options.add("wscale " + array[at + 2]);
                case 4 -> options.add("sackOK");
                case 5 -> options.add("sack " + sacks(array, at + 2, length - 2, initial));
                case 8 -> options.add("ts " + BigEndian.getInt(array, at + 6));
                default -> options.add("kind " + kind);
            }
            at += length;
        }
        return String.join(",", options);
    }

    private static String sacks(byte[] array, int from, int length, int initial) {
        List<String> numbers = new ArrayList<>();
        for (int at = from; at < from + length; at += 4) {
            numbers.add("" + (BigEndian.getInt(array, at) - initial));
        }
        return String.join(":", numbers);
    }
}
