package io.culvert.tests.lab;

/** What a finished command left behind. Immutable. */
public record Outcome(String command, int exit, String out, String err) {

    /** This outcome, provided that the command succeeded. */
    public Outcome orFail() {
        if (exit != 0) {
            throw new AssertionError(this);
        }
        return this;
    }

    @Override
    public String toString() {
        return "exit %d of: %s%nstdout: %s%nstderr: %s".formatted(exit, command, out, err);
    }
}
