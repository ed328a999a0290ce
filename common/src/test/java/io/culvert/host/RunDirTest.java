package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunDirTest {
    private static Path ofUser(Map<String, String> environment) {
        return RunDir.ofUser(environment).folder();
    }

    @Test
    void everyUserHasAFolderOfItsOwn() throws Exception {
        Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        boolean isRoot = user.equals(0);
        Path root = Path.of("/run/culvert");
        assertEquals(isRoot ? root : Path.of("/tmp/culvert-" + user), ofUser(Map.of()));
        Map<String, String> session = Map.of("XDG_RUNTIME_DIR", "/run/user/7");
        assertEquals(isRoot ? root : Path.of("/run/user/7/culvert"), ofUser(session));
    }

    @Test
    void theEnvironmentMovesIt() {
        assertEquals(
                Path.of("/elsewhere"),
                ofUser(Map.of(RunDir.VARIABLE, "/elsewhere", "XDG_RUNTIME_DIR", "/run/user/7")));
    }
}
