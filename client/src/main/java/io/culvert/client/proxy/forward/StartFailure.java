package io.culvert.client.proxy.forward;

import java.io.IOException;

/** Something cannot start: one line with what, where and the remedy. */
public final class StartFailure extends IOException {
    /** A failure with its line. */
    public StartFailure(String line) {
        super(line);
    }

    /** A local address that cannot be listened at. */
    public static StartFailure listening(Object at, Throwable cause) {
        String why = String.valueOf(cause.getMessage());
        String remedy =
                why.contains("ermission")
                        ? "ports below 1024 need root: choose another"
                        : why.contains("in use")
                                ? "end the program that has it, or choose another"
                                : "choose another address";
        StartFailure failure =
                new StartFailure("cannot listen at " + at + " (" + why + "): " + remedy);
        failure.initCause(cause);
        return failure;
    }
}
