package io.culvert.host;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Base64;
import java.util.List;

/**
 * One change of the machine, told by how it is taken back. Immutable; a line of JSON in the
 * journal.
 *
 * <p>Each is idempotent and fine with a change that never happened: it is written before its
 * action.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "undo")
@JsonSubTypes({
    @JsonSubTypes.Type(value = UndoStep.RunCommand.class, name = "run"),
    @JsonSubTypes.Type(value = UndoStep.RestoreFile.class, name = "restoreFile"),
    @JsonSubTypes.Type(value = UndoStep.RemoveFile.class, name = "removeFile"),
    @JsonSubTypes.Type(value = UndoStep.RestoreLink.class, name = "restoreLink"),
    @JsonSubTypes.Type(value = UndoStep.WriteSysctl.class, name = "sysctl"),
    @JsonSubTypes.Type(value = UndoStep.RunHook.class, name = "hook"),
    @JsonSubTypes.Type(value = UndoStep.LowerKillSwitch.class, name = "killSwitch"),
    @JsonSubTypes.Type(value = UndoStep.FreeTable.class, name = "table"),
})
public sealed interface UndoStep {
    /** Runs a program; that what it deletes is gone already is fine. */
    record RunCommand(List<String> argv) implements UndoStep {
        /** Keeps a copy. */
        public RunCommand {
            argv = List.copyOf(argv);
        }
    }

    /**
     * Writes a file's content back in place, unless somebody else has changed it since.
     *
     * @param originalBase64 what stood there before any tunnel wrote
     * @param seenBase64 what stood there when this one wrote (another tunnel's content, perhaps)
     * @param writtenBase64 what this tunnel wrote
     */
    record RestoreFile(String path, String originalBase64, String seenBase64, String writtenBase64)
            implements UndoStep {}

    /** Deletes a file that was not there, unless somebody else has changed it since. */
    record RemoveFile(String path, String writtenBase64) implements UndoStep {}

    /** Puts a symbolic link back where a file was written in its place. */
    record RestoreLink(String path, String target) implements UndoStep {}

    /** Writes a kernel parameter's old value back, once no other tunnel needs the new one. */
    record WriteSysctl(String path, String oldValue) implements UndoStep {}

    /**
     * Runs the operator's own shell line, once: whether it did its work only he can tell.
     *
     * @param title what messages call it; the line may hold a secret
     */
    record RunHook(String title, String line) implements UndoStep {
        @Override
        public String toString() {
            return "RunHook(" + title + ")";
        }
    }

    /** Deletes the firewall's table that lets nothing past the tunnel. */
    record LowerKillSwitch(String table) implements UndoStep {}

    /** Gives a routing table's number free, which this tunnel chose: its record is the claim. */
    record FreeTable(long table) implements UndoStep {}

    /** The text form of a file's content in a step. */
    static String encode(byte[] content) {
        return Base64.getEncoder().encodeToString(content);
    }

    /** The content that {@link #encode} told. */
    static byte[] decode(String base64) {
        return Base64.getDecoder().decode(base64);
    }
}
