package io.culvert.server.exit.socket;

import io.culvert.libc.NativeBuffer;

/**
 * A connected socket of this machine that does not block. Confined to the loop. Its listener is
 * told while it is ready for something that is waited for, and when it failed.
 */
public interface HostSocket {
    /** Reads into the buffer's beginning; the count, 0 at the end, or a negated error number. */
    int read(NativeBuffer buffer, int length);

    /** Writes the buffer's beginning; the count, or a negated error number. */
    int write(NativeBuffer buffer, int length);

    /** The error that waits, as a positive number; 0 for none. Asked for, it goes. */
    int takeError();

    /** The other side reads the end of the stream. */
    void shutdownOutput();

    /** Says what is waited for from now on. */
    void interest(boolean readable, boolean writable);

    /** Closes it; a second call does nothing. */
    void close();

    /** The same, and the other side is told by a reset. */
    void reset();
}
