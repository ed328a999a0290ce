package io.culvert.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
    @TempDir private Path folder;

    @BeforeEach
    void make() throws IOException {
        Files.createFile(log());
    }

    private Path log() {
        return folder.resolve("home.log");
    }

    private void print(String text) throws IOException {
        Files.writeString(log(), text, StandardOpenOption.APPEND);
    }

    @Test
    void tellsEachLineOnceAndWhole() throws Exception {
        LogTail tail = new LogTail(log());
        assertEquals(List.of(), tail.next());
        print("one\ntw");
        assertEquals(List.of("one"), tail.next());
        assertEquals(List.of(), tail.next());
        print("o\nthree\n");
        assertEquals(List.of("two", "three"), tail.next());
        assertEquals(List.of(), tail.next());
    }

    @Test
    void keepsCharactersOfSeveralBytesWhole() throws Exception {
        LogTail tail = new LogTail(log());
        print("connecting to …\n");
        assertEquals(List.of("connecting to …"), tail.next());
    }

    @Test
    void longestLineDoesNotHoldUpTheOthers() throws Exception {
        LogTail tail = new LogTail(log());
        print("x".repeat(100_000) + "\nlast\n");
        assertEquals(65_536, tail.next().getFirst().length());
        assertEquals(List.of("x".repeat(100_000 - 65_536), "last"), tail.next());
    }
}
