package io.culvert.host;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The undo journal of one interface: what was changed on this machine, and how it is taken back.
 *
 * <p>A step is on the disk before its action begins, so that what {@code kill -9} leaves is undone
 * by whoever claims or recovers the name next. While its owner lives nobody else undoes it.
 * Confined to the thread that sets up and takes down the tunnel.
 */
public final class Journal {
    private final RunDir folder;
    private final String name;
    private final Machine machine;
    private final JournalFile file;
    private final List<String> leftovers;
    private boolean isUndone;

    private Journal(
            RunDir folder, String name, Machine machine, JournalFile file, List<String> leftovers) {
        this.folder = folder;
        this.name = name;
        this.machine = machine;
        this.file = file;
        this.leftovers = List.copyOf(leftovers);
    }

    /**
     * Takes the name for {@code owner}, after undoing what a dead owner left.
     *
     * @throws HostException when a living process has it, or the folder cannot be used
     */
    public static Journal claim(RunDir folder, String name, Owner owner, Machine machine)
            throws HostException {
        try (RunDir.Lock _ = folder.lock()) {
            List<String> leftovers = recoverLocked(folder, name, machine);
            JournalFile file = JournalFile.create(folder.journal(name), owner);
            return new Journal(folder, name, machine, file, leftovers);
        }
    }

    /**
     * Undoes what a dead owner left; nothing to do is fine.
     *
     * @return what could not be undone, a line each
     * @throws HostException when the owner lives
     */
    public static List<String> recover(RunDir folder, String name, Machine machine)
            throws HostException {
        try (RunDir.Lock _ = folder.lock()) {
            return recoverLocked(folder, name, machine);
        }
    }

    private static List<String> recoverLocked(RunDir folder, String name, Machine machine)
            throws HostException {
        JournalFile.Content content = JournalFile.read(folder.journal(name));
        if (content == null) {
            return List.of();
        }
        Owner owner = content.owner();
        if (owner != null && owner.isAlive()) {
            throw new HostException(
                    "the interface " + name + " is in use by process " + owner.pid(),
                    "stop it with `culvert down " + name + "`");
        }
        List<String> complaints = new Undo(machine, others(folder, name)).run(content.steps());
        JournalFile.delete(folder.journal(name));
        return complaints;
    }

    /** The interface's name. */
    public String name() {
        return name;
    }

    /** What a dead owner left and could not be undone when the name was claimed, a line each. */
    public List<String> leftovers() {
        return leftovers;
    }

    /** Writes down how the change that comes next is undone. */
    public void record(UndoStep step) throws HostException {
        if (isUndone) {
            throw new IllegalStateException("the journal of " + name + " is closed");
        }
        file.append(step);
    }

    /**
     * Takes everything back, last change first, and gives the name free. A second call does
     * nothing.
     *
     * @return what could not be undone, a line each
     */
    public List<String> undo() throws HostException {
        if (isUndone) {
            return List.of();
        }
        isUndone = true;
        file.close();
        try (RunDir.Lock _ = folder.lock()) {
            JournalFile.Content content = JournalFile.read(folder.journal(name));
            List<UndoStep> steps = content == null ? List.of() : content.steps();
            List<String> complaints = new Undo(machine, others(folder, name)).run(steps);
            JournalFile.delete(folder.journal(name));
            return complaints;
        }
    }

    /** The steps of the other tunnels that run now: they may need what we needed. */
    List<UndoStep> others() throws HostException {
        return others(folder, name);
    }

    private static List<UndoStep> others(RunDir folder, String name) throws HostException {
        List<UndoStep> all = new ArrayList<>();
        for (String other : folder.names()) {
            JournalFile.Content content =
                    other.equals(name) ? null : JournalFile.read(folder.journal(other));
            if (content != null && isAlive(content.owner())) {
                all.addAll(content.steps());
            }
        }
        return all;
    }

    private static boolean isAlive(@Nullable Owner owner) {
        return owner != null && owner.isAlive();
    }
}
