package io.culvert.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Whom a signal interrupts, how long it waits, and which code the process ends with. */
class StopSignalTest {
    @Test
    void interruptsTheSetUpOnly() throws Exception {
        StopSignal signal = new StopSignal(1);
        signal.beginSetUp();
        assertEquals(1, CompletableFuture.supplyAsync(() -> stop(signal)).join());
        assertTrue(Thread.currentThread().isInterrupted());

        signal.beginUndo();
        assertFalse(Thread.currentThread().isInterrupted());
        assertTrue(signal.requested().isDone());
    }

    @Test
    void interruptsASetUpThatBeginsAfterIt() throws Exception {
        StopSignal signal = new StopSignal(1);
        signal.stop();
        signal.beginSetUp();
        assertTrue(Thread.interrupted());
        signal.endSetUp();
    }

    @Test
    void waitsForAnUndoingBeyondTheLimit() throws Exception {
        StopSignal signal = new StopSignal(1);
        signal.beginUndo();
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> stop(signal));
        signal.requested().join();

        // Many limits later it still waits.
        assertThrows(TimeoutException.class, () -> code.get(100, TimeUnit.MILLISECONDS));
        signal.finished();
        assertEquals(0, code.join());
    }

    @Test
    void endsWithOneWhenSomethingCouldNotBeUndone() throws Exception {
        StopSignal signal = new StopSignal(1);
        signal.beginUndo();
        signal.endUndo(false);
        signal.finished();
        assertEquals(1, signal.stop());
    }

    @Test
    void endsWithNoughtWhenAllIsUndone() throws Exception {
        StopSignal signal = new StopSignal(1);
        signal.beginUndo();
        signal.endUndo(true);
        signal.finished();
        assertEquals(0, signal.stop());
    }

    private static int stop(StopSignal signal) {
        try {
            return signal.stop();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
