package io.culvert.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes single steps of a journal back, any number of times. Immutable. */
final class Undo {
    /** How programs say that what they should delete is not there. */
    private static final Pattern GONE =
            Pattern.compile(
                    "No such (file|process|device)|Cannot (find|assign)|does not exist|[Nn]ot found"
                            + "|matching rule exist|No chain/target|[Uu]nknown (interface|link)"
                            + "|Failed to resolve interface|No such interface|FIB table");

    private final Machine machine;

    /** What other running tunnels will undo one day. */
    private final List<UndoStep> others;

    Undo(Machine machine, List<UndoStep> others) {
        this.machine = machine;
        this.others = others;
    }

    /** Returns what went wrong, on one line; null for nothing. */
    @Nullable String attempt(UndoStep step) {
        try {
            return switch (step) {
                case UndoStep.RunCommand(var argv) -> runCommand(argv);
                case UndoStep.RestoreFile file -> restoreFile(file);
                case UndoStep.RemoveFile(var path, var written) -> removeFile(path, written);
                case UndoStep.RestoreLink(var path, var target) -> restoreLink(path, target);
                case UndoStep.WriteSysctl(var path, var value) -> writeSysctl(path, value);
                case UndoStep.RunHook(var title, var line) ->
                        Hook.run(machine.commands(), title, line);
                case UndoStep.FreeTable _ -> null;
                case UndoStep.LowerKillSwitch(var table) -> runCommand(Firewall.deletion(table));
            };
        } catch (HostException e) {
            return e.getMessage();
        } catch (IOException e) {
            return "cannot be undone: " + e;
        }
    }

    private @Nullable String runCommand(List<String> argv) throws HostException {
        Commands.Result result = machine.commands().run(argv, "");
        if (result.wasKilled()) {
            // A second Ctrl-C reaches the programs that undo, too.
            result = machine.commands().run(argv, "");
        }
        boolean isGone = GONE.matcher(result.err()).find();
        return result.succeeded() || isGone
                ? null
                : "`" + String.join(" ", argv) + "` did not undo: " + result.complaint();
    }

    private @Nullable String restoreFile(UndoStep.RestoreFile step) throws IOException {
        Path path = Path.of(step.path());
        if (isOurs(path, step.writtenBase64())) {
            boolean isSharedNow = others.stream().anyMatch(other -> isFile(other, step.path()));
            String content = isSharedNow ? step.seenBase64() : step.originalBase64();
            machine.files().write(path, UndoStep.decode(content));
        }
        return null;
    }

    private @Nullable String removeFile(String path, String writtenBase64) throws IOException {
        if (isOurs(Path.of(path), writtenBase64)) {
            machine.files().delete(Path.of(path));
        }
        return null;
    }

    private @Nullable String restoreLink(String path, String target) throws IOException {
        // Whoever made it a link again meanwhile (a DHCP client, a second undo) is right.
        if (machine.files().linkTarget(Path.of(path)) == null) {
            machine.files().link(Path.of(path), target);
        }
        return null;
    }

    private @Nullable String writeSysctl(String path, String oldValue) throws IOException {
        boolean isNeeded =
                others.stream()
                        .anyMatch(other ->
                                other instanceof UndoStep.WriteSysctl sysctl
                                        && sysctl.path().equals(path));
        // A missing one belongs to an interface that is gone.
        byte[] now = machine.files().read(Path.of(path));
        if (!isNeeded && now != null && !new String(now, Changes.TEXT).strip().equals(oldValue)) {
            machine.files().write(Path.of(path), (oldValue + "\n").getBytes(Changes.TEXT));
        }
        return null;
    }

    static boolean isFile(UndoStep step, String path) {
        return step instanceof UndoStep.RestoreFile file && file.path().equals(path);
    }

    /** Whether a file holds what we wrote, or the part of it that a crash let us write. */
    private boolean isOurs(Path path, String writtenBase64) throws IOException {
        byte[] now = machine.files().read(path);
        byte[] written = UndoStep.decode(writtenBase64);
        return now != null
                && now.length <= written.length
                && Arrays.equals(now, Arrays.copyOf(written, now.length));
    }
}
