package io.culvert.tunnel;

import io.culvert.noise.InitiationReceived;
import io.culvert.noise.LocalIdentity;
import io.culvert.wire.Initiation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The dear part of an initiation that may be anybody's: one agreement of keys (0.1 ms), to learn
 * who claims to be calling. It touches nothing of the engine's, so {@link #run} may be called by
 * any thread; whoever takes it back from there sees its result.
 */
public final class Examination {
    private final LocalIdentity local;
    private final boolean isUrgent;
    private final byte[] message;

    /** Null until it has run, and when the message was not made for this end. */
    private @Nullable InitiationReceived received;

    Examination(LocalIdentity local, boolean isUrgent, byte[] array, int offset) {
        this.local = local;
        this.isUrgent = isUrgent;
        this.message = Arrays.copyOfRange(array, offset, offset + Initiation.LENGTH);
    }

    /** Whether it came from where a peer is: those are not to wait behind strangers. */
    public boolean isUrgent() {
        return isUrgent;
    }

    /** Does the work. */
    public void run() {
        received = InitiationReceived.open(local, message, 0);
    }

    /** By which key of ours. */
    LocalIdentity local() {
        return local;
    }

    /** What came of it. */
    @Nullable InitiationReceived received() {
        return received;
    }

    /** Zeroes what is secret, where nobody took the result. */
    public void destroy() {
        if (received != null) {
            received.destroy();
        }
    }
}
