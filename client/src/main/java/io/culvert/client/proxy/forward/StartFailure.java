package io.culvert.client.proxy.forward;

import io.culvert.client.proxy.splice.LocalAddress;
import java.io.IOException;
import java.nio.file.AccessDeniedException;

/** Something cannot start: one line with what, where and the remedy. */
public final class StartFailure extends IOException {
    /** A failure with its line. */
    public StartFailure(String line) {
        super(line);
    }

    /** A local address that cannot be listened at. */
    public static StartFailure listening(LocalAddress at, Throwable cause) {
        String why = String.valueOf(cause.getMessage());
        String line;
        if (why.contains("in use")) {
            line = "it is in use: end the program that has it, or choose another port";
        } else if (why.contains("ermission") || cause instanceof AccessDeniedException) {
            line = "this user may not: " + remedy(at);
        } else if (why.contains("assign")) {
            line = "this machine has no such address: choose one that it has, as in 127.0.0.1";
        } else {
            line = why.replaceFirst("^[a-z]+\\(.*?\\) failed.*?: ", "");
        }
        StartFailure failure = new StartFailure("cannot listen at " + at + ", " + line);
        failure.initCause(cause);
        return failure;
    }

    private static String remedy(LocalAddress at) {
        return at instanceof LocalAddress.Tcp
                ? "ports below 1024 need root; choose another"
                : "choose a folder that it may write into";
    }
}
