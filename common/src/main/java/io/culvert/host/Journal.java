package io.culvert.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The undo journal of one interface: what was changed on this machine, and how it is taken back.
 *
 * <p>A step is on the disk before its action begins, so that what {@code kill -9} leaves is undone
 * by whoever claims or recovers the name next. While its owner lives nobody else undoes it. A step
 * that failed to undo stays in the journal for the next one. Confined to the thread that sets up
 * and takes down the tunnel.
 */
public final class Journal {
    private final Place place;
    private final JournalFile file;
    private final List<String> leftovers;
    private final boolean hasOldKillSwitch;
    private boolean isUndone;

    private Journal(Place place, JournalFile file, Rollback before) {
        this.place = place;
        this.file = file;
        this.leftovers = before.complaints();
        this.hasOldKillSwitch =
                before.left().stream().anyMatch(UndoStep.LowerKillSwitch.class::isInstance);
    }

    /** Whose journal, and of which machine. */
    record Place(RunDir folder, String name, Machine machine) {
        Path path() {
            return folder.journal(name);
        }
    }

    /**
     * Takes the name for {@code owner}, after undoing what a dead owner left.
     *
     * @throws HostException when a living process has it, or the folder cannot be used
     */
    public static Journal claim(RunDir folder, String name, Owner owner, Machine machine)
            throws HostException {
        return claim(new Place(folder, name, machine), owner, false);
    }

    /** The same, but a kill switch that a dead owner raised stands until this one's replaces it. */
    public static Journal claimUnderKillSwitch(
            RunDir folder, String name, Owner owner, Machine machine) throws HostException {
        return claim(new Place(folder, name, machine), owner, true);
    }

    private static Journal claim(Place place, Owner owner, boolean keepsKillSwitch)
            throws HostException {
        try (RunDir.Lock lock = place.folder().lock()) {
            Rollback before = new Rollback(place, false, keepsKillSwitch);
            before.run(lock);
            JournalFile file = JournalFile.create(place.path(), owner, before.left());
            return new Journal(place, file, before);
        }
    }

    /**
     * Undoes what a dead owner left; nothing to do is fine.
     *
     * @return what went wrong, a line each; what could not be undone stays in the journal
     * @throws HostException when the owner lives
     */
    public static List<String> recover(RunDir folder, String name, Machine machine)
            throws HostException {
        try (RunDir.Lock lock = folder.lock()) {
            Rollback rollback = new Rollback(new Place(folder, name, machine), false, false);
            rollback.run(lock);
            return rollback.complaints();
        }
    }

    /** Refuses a name whose owner lives, or was of another network namespace. */
    static void requireFree(String name, @Nullable Owner owner) throws HostException {
        if (owner != null) {
            owner.requireHere(name);
        }
        if (owner != null && owner.isAlive()) {
            throw new HostException(
                    "the interface " + name + " is in use by process " + owner.pid(),
                    "stop it with `culvert down " + name + "`");
        }
    }

    /** The interface's name. */
    public String name() {
        return place.name();
    }

    /** What went wrong when a dead owner's changes were undone at the claim, a line each. */
    public List<String> leftovers() {
        return leftovers;
    }

    /** Whether a kill switch stands that a dead owner raised. */
    public boolean hasOldKillSwitch() {
        return hasOldKillSwitch;
    }

    /** Writes down how the change that comes next is undone. */
    public void record(UndoStep step) throws HostException {
        if (isUndone) {
            throw new IllegalStateException("the journal of " + name() + " is closed");
        }
        file.append(step);
    }

    /** Takes the last step back: what it would undo is somebody else's. */
    void retract() throws HostException {
        file.retract();
    }

    /** Keeps others from planning and changing at the same time; no hook may run under it. */
    RunDir.Lock lock() throws HostException {
        return place.folder().lock();
    }

    /**
     * Takes everything back, last change first, and gives the name free. A second call does
     * nothing.
     *
     * @return what went wrong, a line each; what could not be undone stays in the journal
     */
    public List<String> undo() throws HostException {
        return undo(false);
    }

    /** The same, but a kill switch stays, for {@code culvert down} or the next claim. */
    public List<String> undoUnderKillSwitch() throws HostException {
        return undo(true);
    }

    private List<String> undo(boolean keepsKillSwitch) throws HostException {
        if (isUndone) {
            return List.of();
        }
        isUndone = true;
        file.appendEnding();
        file.close();
        try (RunDir.Lock lock = place.folder().lock()) {
            Rollback rollback = new Rollback(place, true, keepsKillSwitch);
            rollback.run(lock);
            return rollback.complaints();
        }
    }

    /** The steps of the other tunnels that run now: they may need what we needed. */
    List<UndoStep> others() throws HostException {
        return others(place.folder(), name());
    }

    static List<UndoStep> others(RunDir folder, String name) throws HostException {
        List<UndoStep> all = new ArrayList<>();
        for (String other : folder.names()) {
            JournalFile.Content content =
                    other.equals(name) ? null : JournalFile.read(folder.journal(other));
            if (content != null && content.isAlive()) {
                all.addAll(content.steps());
            }
        }
        return all;
    }
}
