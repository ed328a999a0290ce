package io.culvert.host;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the machine, each written down before it is made. Confined to the thread that sets up
 * the tunnel.
 */
final class Changes {
    /** Every byte is a character, so that foreign files come back as they were. */
    static final Charset TEXT = StandardCharsets.ISO_8859_1;

    private final Machine machine;
    private final Journal journal;

    Changes(Machine machine, Journal journal) {
        this.machine = machine;
        this.journal = journal;
    }

    Machine machine() {
        return machine;
    }

    /** Says how the next change is undone. */
    void undoBy(String... argv) throws HostException {
        undoBy(new UndoStep.RunCommand(List.of(argv)));
    }

    /** As above, for what is no program. */
    void undoBy(UndoStep step) throws HostException {
        journal.record(step);
    }

    Journal journal() {
        return journal;
    }

    /** Adds what {@code undo} deletes; what is there already is not ours to delete. */
    void add(List<String> undo, List<String> argv) throws HostException {
        undoBy(new UndoStep.RunCommand(undo));
        Commands.Result result = machine.commands().run(argv, "");
        if (result.complaint().contains("File exists")) {
            journal.retract();
        }
        requireSuccess(argv, result);
    }

    /** Runs a program that must succeed. */
    void run(String... argv) throws HostException {
        feed("", argv);
    }

    /** Runs a program that must succeed and reads {@code stdin}. */
    void feed(String stdin, String... argv) throws HostException {
        requireSuccess(List.of(argv), machine.commands().run(List.of(argv), stdin));
    }

    private static void requireSuccess(List<String> argv, Commands.Result result)
            throws HostException {
        if (!result.succeeded()) {
            throw new HostException(
                    "`" + String.join(" ", argv) + "` failed: " + result.complaint(),
                    remedy(result.complaint()));
        }
    }

    /** What a program prints; nothing when it fails. */
    String ask(String... argv) throws HostException {
        Commands.Result result = machine.commands().run(List.of(argv), "");
        return result.succeeded() ? result.out() : "";
    }

    /** The content of a file that may be missing or unreadable. */
    @Nullable String look(String path) {
        try {
            byte[] content = machine.files().read(Path.of(path));
            return content == null ? null : new String(content, TEXT);
        } catch (IOException unreadable) {
            return null;
        }
    }

    /** The names in a folder; none when it is missing or unreadable. */
    List<String> list(String folder) {
        try {
            return machine.files().list(Path.of(folder));
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    /** Sets a kernel parameter; one that this kernel lacks is left out. */
    void sysctl(String path, String value) throws HostException {
        String found = look(path);
        if (found == null) {
            return;
        }
        String old = found.strip();
        for (UndoStep other : journal.others()) {
            if (other instanceof UndoStep.WriteSysctl(var theirs, var before)
                    && theirs.equals(path)) {
                old = before; // whoever goes last restores it
            }
        }
        if (!old.equals(value)) {
            journal.record(new UndoStep.WriteSysctl(path, old));
            write(path, value + "\n");
        }
    }

    /** Sets a kernel parameter that vanishes with the interface. */
    void sysctlOfLink(String path, String value) throws HostException {
        String found = look(path);
        if (found != null && !found.strip().equals(value)) {
            write(path, value + "\n");
        }
    }

    /** Lets a kernel parameter come back to what it is now, whatever the next changes do to it. */
    void keepSysctl(String path) throws HostException {
        String found = look(path);
        if (found != null) {
            journal.record(new UndoStep.WriteSysctl(path, found.strip()));
        }
    }

    /** Gives a file this content, in place: it may be a mount point, a link, or missing. */
    void replaceFile(String path, String content) throws HostException {
        Path place = Path.of(path);
        String written = UndoStep.encode(content.getBytes(TEXT));
        try {
            byte[] seen = machine.files().read(place);
            String target = machine.files().linkTarget(place);
            if (seen != null) {
                String before = UndoStep.encode(seen);
                String original = original(path, before);
                journal.record(new UndoStep.RestoreFile(path, original, before, written));
            } else if (target != null) {
                // It points nowhere: there is no content to keep, but the link itself.
                journal.record(new UndoStep.RestoreLink(path, target));
                machine.files().delete(place);
            } else {
                journal.record(new UndoStep.RemoveFile(path, written));
            }
            machine.files().write(place, content.getBytes(TEXT));
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    /** What stood there before any tunnel: another one that runs may have written what we see. */
    private String original(String path, String seenBase64) throws HostException {
        for (UndoStep other : journal.others()) {
            if (other instanceof UndoStep.RestoreFile(var theirs, var original, _, var written)
                    && theirs.equals(path)
                    && written.equals(seenBase64)) {
                return original;
            }
        }
        return seenBase64;
    }

    private void write(String path, String content) throws HostException {
        try {
            byte[] bytes = content.getBytes(TEXT);
            byte[] now = machine.files().read(Path.of(path));
            if (!Arrays.equals(now, bytes)) {
                machine.files().write(Path.of(path), bytes);
            }
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private static HostException unwritable(String path, IOException e) {
        return new HostException(
                path + " cannot be written: " + e.getMessage(),
                path.startsWith("/proc/")
                        ? "run as root; in a container set this sysctl when you start it"
                        : "run as root, or leave DNS out of the tunnel file and set it yourself",
                e);
    }

    private static String remedy(String complaint) {
        if (complaint.contains("not permitted") || complaint.contains("ermission denied")) {
            return "run as root (in a container: with CAP_NET_ADMIN)";
        }
        if (complaint.contains("not supported") || complaint.contains("Could not process rule")) {
            return "this kernel lacks a module for it; load nf_tables, nft_nat, nft_fib_inet";
        }
        return "run that command by hand to see more, then bring the tunnel up again";
    }
}
