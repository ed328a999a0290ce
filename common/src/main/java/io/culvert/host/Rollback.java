package io.culvert.host;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One undoing of a journal: last step first, to the end whatever fails. What failed stays for the
 * next one, except hooks, which run once.
 *
 * <p>It holds the folder's lock but while a hook runs, which may itself bring tunnels up and down.
 * Meanwhile the file tells what is still to be done, so whoever comes then goes on from there.
 * Confined to its caller's thread.
 */
final class Rollback {
    private final RunDir folder;
    private final String name;
    private final Machine machine;
    private final boolean ownsIt;
    private final boolean keepsKillSwitch;

    private final List<String> complaints = new ArrayList<>();

    /** What stays, first-made first. */
    private final List<UndoStep> left = new ArrayList<>();

    /** What must not run again, though the file could perhaps not be told. */
    private final List<UndoStep> ran = new ArrayList<>();

    /**
     * Of one interface's journal.
     *
     * @param ownsIt whether it is our own, else its owner must be dead
     * @param keepsKillSwitch whether the one step that would open the machine is left out
     */
    Rollback(Journal.Place place, boolean ownsIt, boolean keepsKillSwitch) {
        this.folder = place.folder();
        this.name = place.name();
        this.machine = place.machine();
        this.ownsIt = ownsIt;
        this.keepsKillSwitch = keepsKillSwitch;
    }

    /** Undoes, under the lock. */
    void run(RunDir.Lock lock) throws HostException {
        JournalFile.Content content = read();
        while (content != null) {
            UndoStep.RunHook hook = undoToHook(content);
            if (hook == null) {
                return;
            }
            String complaint = runUnlocked(hook, lock);
            if (complaint != null) {
                complaints.add(complaint);
            }
            content = read();
        }
    }

    /** What went wrong, a line each. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** What stays to be undone, first-made first. */
    List<UndoStep> left() {
        return List.copyOf(left);
    }

    private JournalFile.@Nullable Content read() throws HostException {
        JournalFile.Content content = JournalFile.read(folder.journal(name));
        if (content != null && !ownsIt) {
            Journal.requireFree(name, content.owner());
        }
        return content;
    }

    /**
     * Undoes up to the next hook, which is taken out of the file before it runs; null at the end.
     */
    private UndoStep.@Nullable RunHook undoToHook(JournalFile.Content content)
            throws HostException {
        Undo undo = new Undo(machine, Journal.others(folder, name));
        List<UndoStep> todo = new ArrayList<>(content.steps());
        todo.removeAll(left);
        todo.removeAll(ran);
        while (!todo.isEmpty()) {
            UndoStep step = todo.removeLast();
            if (step instanceof UndoStep.RunHook hook) {
                ran.add(hook);
                todo.addAll(left);
                write(content.owner(), todo);
                return hook;
            }
            boolean isKept = keepsKillSwitch && step instanceof UndoStep.LowerKillSwitch;
            String complaint = isKept ? null : undo.attempt(step);
            if (complaint != null) {
                complaints.add(complaint);
            }
            if (isKept || complaint != null) {
                left.addFirst(step);
            }
        }
        leave(content.owner());
        return null;
    }

    private void leave(@Nullable Owner owner) throws HostException {
        if (left.isEmpty()) {
            JournalFile.delete(folder.journal(name));
        } else {
            write(owner, left);
        }
    }

    /** A file that cannot be written tells of more than there is, which undoing can bear. */
    private void write(@Nullable Owner owner, List<UndoStep> steps) {
        try {
            JournalFile.replace(folder.journal(name), owner, steps);
        } catch (HostException e) {
            complaints.add(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable String runUnlocked(UndoStep.RunHook hook, RunDir.Lock lock)
            throws HostException {
        lock.suspend();
        try {
            return new Undo(machine, List.of()).attempt(hook);
        } finally {
            lock.retake();
        }
    }
}
