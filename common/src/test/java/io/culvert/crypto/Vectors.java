package io.culvert.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Wycheproof's files as lists of tests, each with its group. */
final class Vectors {
    private static final HexFormat HEX = HexFormat.of();

    /** One test and the group it stands in. */
    record Vector(JsonNode group, JsonNode test) {
        byte[] bytes(String name) {
            return HEX.parseHex(test.get(name).asString());
        }

        String result() {
            return test.get("result").asString();
        }

        boolean hasFlag(String flag) {
            return test.get("flags").valueStream().anyMatch(f -> f.asString().equals(flag));
        }

        int groupNumber(String name) {
            return group.get(name).asInt();
        }

        @Override
        public String toString() {
            return "tcId " + test.get("tcId") + " " + test.get("comment") + " " + result();
        }
    }

    private Vectors() {}

    /** Every test of a file; fails when the file holds another number than it says. */
    static List<Vector> wycheproof(String file) {
        JsonNode root;
        try (InputStream in = Vectors.class.getResourceAsStream("/wycheproof/" + file)) {
            if (in == null) {
                throw new IllegalStateException("no " + file);
            }
            root = JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Vector> vectors = new ArrayList<>();
        for (JsonNode group : root.get("testGroups")) {
            for (JsonNode test : group.get("tests")) {
                vectors.add(new Vector(group, test));
            }
        }
        if (vectors.size() != root.get("numberOfTests").asInt()) {
            throw new IllegalStateException(file + " holds " + vectors.size());
        }
        return vectors;
    }

    static byte[] hex(String digits) {
        return HEX.parseHex(digits.replaceAll("\\s", ""));
    }

    static String hex(byte[] bytes) {
        return HEX.formatHex(bytes);
    }

    /** The bytes 0, 1, 2 … as most published vectors use them. */
    static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
