package io.culvert.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void undoesLastFirst() throws IOException {
        try (Undo undo = new Undo()) {
            undo.add(() -> done.add("first"));
            undo.add(() -> done.add("second"));
        }

        assertEquals(List.of("second", "first"), done);
    }

    @Test
    void goesOnAfterAFailureAndNamesIt() {
        Undo undo = new Undo();
        undo.add(() -> done.add("first"));
        undo.add(() -> {
            throw new IOException("stuck");
        });

        IOException left = assertThrows(IOException.class, undo::close);

        assertTrue(String.valueOf(left.getMessage()).contains("stuck"));
        assertEquals(List.of("first"), done);
    }

    @Test
    void doesAStepAgainThatCtrlCInterrupted() throws IOException {
        Undo undo = new Undo();
        undo.add(() -> {
            done.add("step");
            if (done.size() == 1) {
                throw new InterruptedException();
            }
        });

        undo.close();

        assertTrue(Thread.interrupted());
        assertEquals(List.of("step", "step"), done);
    }
}
