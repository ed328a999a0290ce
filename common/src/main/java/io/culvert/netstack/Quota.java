package io.culvert.netstack;

import io.culvert.ip.IpAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many flows each remote address has begun, so that one peer cannot take the room of all.
 * Confined to the stack's thread.
 */
final class Quota {
    private final int most;
    private final Map<IpAddress, Integer> counts = new HashMap<>();

    Quota(int most) {
        this.most = most;
    }

    /** Counts one more; false, counting nothing, when there are too many. */
    boolean take(IpAddress remote) {
        int count = counts.getOrDefault(remote, 0);
        if (count >= most) {
            return false;
        }
        counts.put(remote, count + 1);
        return true;
    }

    /** Whether there are as many as may be. */
    boolean isFull(IpAddress remote) {
        return counts.getOrDefault(remote, 0) >= most;
    }

    /** One less. */
    void giveBack(IpAddress remote) {
        counts.computeIfPresent(remote, (_, count) -> count > 1 ? count - 1 : null);
    }

    /** Addresses that have any. */
    int size() {
        return counts.size();
    }
}
