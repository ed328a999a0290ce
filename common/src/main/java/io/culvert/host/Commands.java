package io.culvert.host;

import java.util.List;

/**
 * The port to the OS's own programs.
 *
 * <p>Called by the thread that sets up or takes down a tunnel; a call blocks until the program has
 * ended or its time is over.
 */
public interface Commands {
    /**
     * Runs one program to its end, without a shell.
     *
     * @param stdin what the program reads; empty for nothing
     * @throws HostException when it cannot be started or does not end in time; a program that ends
     *     with a failure is a {@link Result}
     */
    Result run(List<String> argv, String stdin) throws HostException;

    /** Whether a program of this name would be found. */
    boolean has(String program);

    /** What a program left: its exit code and its two outputs. Immutable. */
    record Result(int exit, String out, String err) {
        private static final int FIRST_SIGNAL = 128;

        /** Whether the program says that it did what it was asked for. */
        public boolean succeeded() {
            return exit == 0;
        }

        /** Whether a signal ended the program; the shells' own count is from 128, too. */
        public boolean wasKilled() {
            return exit > FIRST_SIGNAL;
        }

        /** What went wrong in the program's own words, on one line. */
        public String complaint() {
            String text = err.isBlank() ? out : err;
            return text.isBlank() ? "exit " + exit : text.strip().replaceAll("\\s*\\R\\s*", "; ");
        }
    }
}
