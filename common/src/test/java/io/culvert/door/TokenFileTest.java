package io.culvert.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokens file that changes under the gateway. */
final class TokenFileTest {
    @TempDir Path folder;
    private Path path = Path.of("");
    private long seconds = 1_000_000;

    @BeforeEach
    void place() {
        path = folder.resolve("tokens.txt");
    }

    private void write(String text) throws IOException {
        Files.writeString(path, text);
        Files.setLastModifiedTime(path, FileTime.fromMillis(++seconds * 1000));
    }

    @Test
    void readsTheFileAgainWhenItChanged() throws IOException {
        write("one\n");
        TokenFile file = TokenFile.open(path);
        assertTrue(file.admits("one"));
        write("two\n");
        assertFalse(file.admits("one"));
        assertTrue(file.admits("two"));
        assertNull(file.refresh());
    }

    @Test
    void keepsTheTokensWhileTheFileHasAFault() throws IOException {
        write("one\n");
        TokenFile file = TokenFile.open(path);
        write("not ok\n");
        assertTrue(file.admits("one"));
        String fault = path + ":1: a token has visible ASCII characters only, no blanks";
        assertEquals(fault, file.refresh());
        assertEquals(fault, file.refresh());
        write("two\n");
        assertNull(file.refresh());
        assertTrue(file.admits("two"));
    }

    @Test
    void keepsTheTokensWhileTheFileIsGone() throws IOException {
        write("one\n");
        TokenFile file = TokenFile.open(path);
        Files.delete(path);
        assertTrue(file.admits("one"));
        assertEquals(path + ": cannot be read (there is no such file)", file.refresh());
        write("two\n");
        assertTrue(file.admits("two"));
        assertNull(file.refresh());
    }

    @Test
    void admitsNobodyWhenTheLastTokenIsGone() throws IOException {
        write("one\n");
        TokenFile file = TokenFile.open(path);
        write("# one\n");
        assertFalse(file.admits("one"));
        assertEquals(path + ": holds no token", file.refresh());
        assertEquals(0, file.size());
    }

    @Test
    void refusesToOpenWhatCannotBeRead() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> TokenFile.open(path));
        write("not ok\n");
        assertThrows(IllegalArgumentException.class, () -> TokenFile.open(path));
        write("# none yet\n\n");
        String empty =
                assertThrows(IllegalArgumentException.class, () -> TokenFile.open(path))
                        .getMessage();
        assertEquals(path + ": holds no token", empty);
        write("x\n".repeat(2_100_000));
        assertThrows(IllegalArgumentException.class, () -> TokenFile.open(path));
    }
}
