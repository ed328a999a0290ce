package io.culvert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fault that an operator can make, with the line that he or she is shown. */
final class TunnelFileErrorsTest {
    private static final String EXPECT = "# expect ";

    static Stream<Path> faultyFiles() throws Exception {
        try (Stream<Path> all = Files.list(folder())) {
            List<Path> faulty = all.filter(TunnelFileErrorsTest::isFaulty).sorted().toList();
            assertTrue(faulty.size() > 30, "the golden files are gone");
            return faulty.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("faultyFiles")
    void saysPlaceFaultAndRemedyOnOneLine(Path file) throws Exception {
        String expected = Files.readAllLines(file).get(1).substring(EXPECT.length());
        boolean hasLine = Character.isDigit(expected.charAt(0));

        ConfigException e = assertThrows(ConfigException.class, () -> TunnelFile.read(file));

        assertEquals(file + (hasLine ? ":" : ": ") + expected, e.getMessage());
        assertEquals(1, String.valueOf(e.getMessage()).lines().count());
        assertEquals(hasLine, e.line() > 0);
        assertEquals(file.toString(), e.file());
    }

    @Test
    void neverShowsWhatMayBeSecret() throws Exception {
        for (Path file : faultyFiles().toList()) {
            ConfigException e = assertThrows(ConfigException.class, () -> TunnelFile.read(file));
            for (String line : Files.readAllLines(file)) {
                boolean isSecret = line.matches("(PrivateKey|PresharedKey|#@ Proxy) .*");
                String value = line.substring(line.indexOf('=') + 1).strip();
                assertFalse(
                        isSecret && String.valueOf(e.getMessage()).contains(value),
                        file.toString());
            }
        }
    }

    @Test
    void doesNotShowAKeyThatStandsAlone(@TempDir Path dir) throws Exception {
        String key = "GNLhcRg2Gfe8Fb6vSKwGwVBJlWeGCwJ8JnYRPFMGAFE";
        Path file = Files.writeString(dir.resolve("a.conf"), "[Interface]\n" + key + "\n");

        assertFalse(message(file).contains(key));
    }

    @Test
    void tellsMissingFileFromFolder(@TempDir Path dir) throws Exception {
        assertEquals(
                dir
                        + "/no.conf: there is no such file: check the path; a tunnel file ends in"
                        + " .conf",
                message(dir.resolve("no.conf")));
        Path folder = Files.createDirectory(dir.resolve("wg0.conf"));
        assertEquals(folder + ": is a folder: name the .conf file in it", message(folder));
    }

    @Test
    void refusesNamesThatAnInterfaceCannotHave(@TempDir Path dir) throws Exception {
        for (String name :
                List.of(
                        "sixteen-letters-.conf",
                        "a b.conf",
                        "wg0.txt",
                        ".conf",
                        "...conf",
                        "all.conf")) {
            Path file = Files.writeString(dir.resolve(name), "");
            assertTrue(message(file).contains("cannot name an interface"), name);
        }
    }

    @Test
    void tellsTheLineThatIsNotUtf8(@TempDir Path dir) throws Exception {
        byte[] latin1 = "# one\n# zwei\n# für\n".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(dir.resolve("wg0.conf"), latin1);
        assertEquals(file + ":3: this is not UTF-8 text: save the file as UTF-8", message(file));
        Files.write(file, "[Interface]\n".getBytes(StandardCharsets.UTF_16LE));
        assertEquals(file + ":1: this is not UTF-8 text: save the file as UTF-8", message(file));
    }

    @Test
    void refusesHugeFileWithoutReadingItAll(@TempDir Path dir) throws Exception {
        Path file = Files.write(dir.resolve("wg0.conf"), new byte[(4 << 20) + 1]);
        assertTrue(message(file).contains("is larger than 4 MiB"));
    }

    @Test
    void refusesFilesThatAPeerNamesAndThatDoNotExist(@TempDir Path dir) throws Exception {
        String full = Files.readString(folder().resolve("full.conf"));
        Path file = dir.resolve("wg0.conf");
        Files.writeString(file, full + "#@ CaFile = none.pem\n");
        assertTrue(
                message(file)
                        .endsWith(
                                ": CaFile: there is no file "
                                        + dir
                                        + "/none.pem: its path is"
                                        + " relative to the tunnel file"));
    }

    @Test
    void keepsMessagesShortAndPrintable(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("wg0.conf");
        Files.writeString(file, "[Interface]\n\u001b[31m" + "x".repeat(500) + " = 1\n");
        String message = message(file);
        assertFalse(message.contains("\u001b"));
        assertTrue(message.length() < dir.toString().length() + 250, message);
    }

    private static String message(Path file) {
        ConfigException e = assertThrows(ConfigException.class, () -> TunnelFile.read(file));
        return Objects.requireNonNull(e.getMessage());
    }

    static Path folder() throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(TunnelFileErrorsTest.class.getResource("/config")).toURI());
    }

    private static boolean isFaulty(Path file) {
        try {
            return Files.readString(file).contains("\n" + EXPECT);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
