package io.culvert.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
    /** Beyond the largest process id that Linux gives (2^22). */
    private static final long NOBODY = 99_999_999;

    @TempDir private Path temporary;

    private Path make(String name) throws IOException {
        return Files.createDirectory(temporary.resolve(name));
    }

    @Test
    void folderOfDeadDemonstrationIsLeftOver() throws Exception {
        Path dead = make("cvd-" + NOBODY + "-123");
        make("cvd-" + ProcessHandle.current().pid() + "-456");
        make("cvd-" + NOBODY);
        make("else");
        Files.createSymbolicLink(temporary.resolve("cvd-" + NOBODY + "-789"), dead);
        assertEquals(List.of(dead), Leftovers.deadFolders(temporary));
    }

    @Test
    void deletingFollowsNoLink() throws Exception {
        Path kept = Files.writeString(temporary.resolve("kept"), "x");
        Path dead = make("cvd-" + NOBODY + "-123");
        Files.createSymbolicLink(dead.resolve("link"), temporary);
        Files.writeString(Files.createDirectory(dead.resolve("below")).resolve("file"), "y");
        Leftovers.delete(dead);
        assertFalse(Files.exists(dead));
        assertTrue(Files.exists(kept));
    }
}
