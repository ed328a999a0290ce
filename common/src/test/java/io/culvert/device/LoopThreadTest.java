package io.culvert.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop's thread that is asked things, and dies. */
@Timeout(20)
final class LoopThreadTest {
    private final AtomicReference<Thread> ran = new AtomicReference<>();

    @Test
    void tellsWhatACallThrowsAndLivesOn() throws Exception {
        try (LoopThread thread = LoopThread.start(() -> 0)) {
            IOException refused =
                    assertThrows(
                            IOException.class,
                            () ->
                                    thread.call(() -> {
                                        throw new IOException("for the test");
                                    }));
            assertEquals("for the test", refused.getMessage());
            thread.call(() -> ran.updateAndGet(_ -> Thread.currentThread()));
            assertEquals("culvert-loop", ran.get().getName());
        }
    }

    @Test
    void tellsOfAnErrorThatKillsTheLoopDuringACall() throws Exception {
        try (LoopThread thread = LoopThread.start(() -> 0)) {
            OutOfMemoryError error = new OutOfMemoryError("for the test");
            assertThrows(
                    IOException.class,
                    () ->
                            thread.call(() -> {
                                throw error;
                            }));
            assertSame(error, thread.failed().get(5, TimeUnit.SECONDS));
            assertThrows(IOException.class, () -> thread.call(() -> true), "it is dead");
        }
    }

    @Test
    void closesWhatItOwnsEvenWhenDead() throws Exception {
        LoopThread thread = LoopThread.start(() -> 0);
        thread.loop()
                .execute(() -> {
                    throw new StackOverflowError("for the test");
                });
        assertInstanceOf(StackOverflowError.class, thread.failed().get(5, TimeUnit.SECONDS));
        thread.close(() -> ran.set(Thread.currentThread()));
        assertSame(Thread.currentThread(), ran.get());
    }

    @Test
    void closesWhatItOwnsOnTheLoopWhileItLives() throws Exception {
        LoopThread thread = LoopThread.start(() -> 0);
        thread.close(() -> ran.set(Thread.currentThread()));
        assertNotSame(Thread.currentThread(), ran.get());
        assertThrows(IOException.class, () -> thread.call(() -> true), "it is closed");
    }
}
