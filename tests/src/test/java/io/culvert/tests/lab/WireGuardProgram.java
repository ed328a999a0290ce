package io.culvert.tests.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Implementations of WireGuard that others wrote. All but Debian's are built by {@code
 * tests/install-peers}; they are found where that puts them, or on the PATH.
 */
public enum WireGuardProgram {
    DEBIAN("wireguard-go", "-f"),
    LATEST("wireguard-go-latest", "-f"),
    /** A connected socket keeps the source address that it had, so that it could not move. */
    BORINGTUN("boringtun-cli", "--foreground --disable-drop-privileges --disable-connected-udp"),
    GOTATUN("gotatun", "--foreground --disable-drop-privileges");

    private static final Path INSTALLER =
            Culvert.launcher().resolveSibling("tests").resolve("install-peers");

    private final String program;
    private final String options;

    WireGuardProgram(String program, String options) {
        this.program = program;
        this.options = options;
    }

    /** The name under which it is installed. */
    public String program() {
        return program;
    }

    public boolean isInstalled() {
        return path() != null;
    }

    /** In the foreground, so that its process is ours to end. */
    String[] command(String device) {
        String path = path();
        if (path == null) {
            throw new IllegalStateException(program + " is not installed: tests/install-peers");
        }
        List<String> words = new ArrayList<>();
        words.add(path);
        words.addAll(List.of(options.split(" ", -1)));
        words.add(device);
        return words.toArray(String[]::new);
    }

    private @Nullable String path() {
        Path installed = Path.of(Shell.run(INSTALLER.toString(), "--where").orFail().out().strip());
        if (Files.isExecutable(installed.resolve(program))) {
            return installed.resolve(program).toString();
        }
        return Shell.has(program) ? program : null;
    }
}
