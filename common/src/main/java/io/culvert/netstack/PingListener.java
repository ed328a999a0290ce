package io.culvert.netstack;

import org.jspecify.annotations.Nullable;

/** Who is told about the answer to an echo request. Confined to the stack's thread. */
public interface PingListener {
    /** The reply came after that time. */
    void onReply(int identifier, int sequence, long rttNs);

    /** None came: why, or null when nobody said anything for ten seconds. */
    void onFailure(int identifier, int sequence, @Nullable Unreached cause);
}
