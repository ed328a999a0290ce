package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserFolderTest {
    @TempDir private Path folder;

    private int self() throws Exception {
        return (Integer) Files.getAttribute(folder, "unix:uid");
    }

    private Path journal(Path at, String name, Owner owner) throws Exception {
        Files.createDirectories(at);
        JournalFile.create(at.resolve(name + ".journal"), owner, List.of()).close();
        return at;
    }

    @Test
    void foldersAreFoundByTheirUser() throws Exception {
        Path session = Files.createDirectories(folder.resolve("run/" + self() + "/culvert"));
        Path own = Files.createDirectories(folder.resolve("tmp/culvert-" + self()));
        Files.createDirectories(folder.resolve("run/" + (self() + 1) + "/culvert"));
        Files.createDirectories(folder.resolve("tmp/culvert-x"));
        Files.createSymbolicLink(folder.resolve("tmp/culvert-0" + self()), own);
        assertEquals(
                List.of(new UserFolder(self(), session), new UserFolder(self(), own)),
                UserFolder.all(folder.resolve("run"), folder.resolve("tmp")));
        assertEquals(List.of(), UserFolder.all(folder.resolve("no"), folder.resolve("none")));
    }

    @Test
    void livingProcessOfThatUserIsTheOwner() throws Exception {
        Path at = journal(folder.resolve("f"), "home", Owner.ofNoNetwork());
        UserFolder mine = new UserFolder(self(), at);
        assertNotNull(mine.owner("home"));
        assertNull(mine.owner("other"));
        assertNull(new UserFolder(self() + 1, at).owner("home"), "not that user's process");
    }

    @Test
    void deadProcessesAndLinksAreNobody() throws Exception {
        Path at = journal(folder.resolve("f"), "home", new Owner(1L << 30, 7, null));
        Files.createSymbolicLink(at.resolve("link.journal"), at.resolve("home.journal"));
        UserFolder mine = new UserFolder(self(), at);
        assertNull(mine.owner("home"));
        assertNull(mine.owner("link"));
    }
}
