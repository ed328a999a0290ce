package io.culvert.app.demo;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What is to be undone, last first, on every way out. Confined to the command's thread. */
final class Undo implements AutoCloseable {
    private final Deque<Step> steps = new ArrayDeque<>();

    /** One thing to undo. It may be asked twice, where an interrupt cut it off. */
    @FunctionalInterface
    interface Step {
        void undo() throws IOException, InterruptedException;
    }

    /** To be undone at the end. */
    void add(Step step) {
        steps.push(step);
    }

    /** To be closed at the end. */
    Child add(Child child) {
        steps.push(child::close);
        return child;
    }

    /**
     * Undoes everything, whatever fails in between.
     *
     * @throws IOException with one line that names all that is left
     */
    @Override
    public void close() throws IOException {
        boolean wasInterrupted = Thread.interrupted();
        List<String> left = new ArrayList<>();
        while (!steps.isEmpty()) {
            try {
                steps.getFirst().undo();
                steps.pop();
            } catch (IOException e) {
                steps.pop();
                left.add(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                wasInterrupted = true; // Ctrl-C while undoing: the step is done again
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
        if (!left.isEmpty()) {
            throw new IOException("not everything could be undone: " + String.join("; ", left));
        }
    }
}
