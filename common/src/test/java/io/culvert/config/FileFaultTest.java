package io.culvert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** Operators are told in words, not in names of Java classes. */
class FileFaultTest {
    @Test
    void saysWhatIsWrongWithoutNamesOfClasses() {
        assertEquals("there is no such file", FileFault.why(new NoSuchFileException("/a")));
        assertEquals("permission denied", FileFault.why(new AccessDeniedException("/a")));
        assertEquals("no space left", FileFault.why(new IOException("no space left")));
    }
}
