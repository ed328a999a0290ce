package io.culvert.libc;

import java.io.IOException;

/** A system call that failed: which one, on what, and the error number. Immutable. */
public final class LibcException extends IOException {
    private final int errno;

    LibcException(String call, int errno) {
        super(call + ": " + Errno.text(errno));
        this.errno = errno;
    }

    /** The error number, one of {@link Errno}'s or another. */
    public int errno() {
        return errno;
    }
}
