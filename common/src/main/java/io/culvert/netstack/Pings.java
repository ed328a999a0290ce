package io.culvert.netstack;

import io.culvert.ip.IpAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Echo requests of ours that were not answered yet. Bounded; confined to the stack's thread. */
final class Pings {
    private static final int MOST = 1024;
    private static final long PATIENCE_NS = 10_000_000_000L;

    /** One request, as its reply names it. */
    record Id(IpAddress remote, int identifier, int sequence) {}

    /** One that waits for its reply. */
    private static final class Asked {
        final PingListener listener;
        long atNs; // once the time is known

        Asked(PingListener listener) {
            this.listener = listener;
        }
    }

    private final Context context;
    private final Map<Id, Asked> asked = new LinkedHashMap<>();
    private final io.culvert.time.DeadlineHeap.Timer timer;

    Pings(Context context) {
        this.context = context;
        this.timer = context.timers.timer(this::expire);
    }

    /** Notes a request; false when too many wait. */
    boolean add(Id id, PingListener listener) {
        if (asked.size() >= MOST) {
            return false;
        }
        asked.remove(id); // the eldest stays the first
        Asked one = new Asked(listener);
        one.atNs = context.nowNs;
        asked.put(id, one);
        context.atNextMoment(() -> {
            one.atNs = context.nowNs;
            arm();
        });
        return true;
    }

    private void arm() {
        Iterator<Asked> all = asked.values().iterator();
        if (all.hasNext()) {
            timer.armAt(all.next().atNs + PATIENCE_NS);
        } else {
            timer.cancel();
        }
    }

    private void expire() {
        Iterator<Map.Entry<Id, Asked>> all = asked.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Id, Asked> eldest = all.next();
            if (context.nowNs - eldest.getValue().atNs < PATIENCE_NS) {
                break;
            }
            all.remove();
            PingListener listener = eldest.getValue().listener;
            Id id = eldest.getKey();
            context.events.add(() -> listener.onFailure(id.identifier(), id.sequence(), null));
        }
        arm();
    }

    void onReply(Id id) {
        Asked one = asked.remove(id);
        if (one != null) {
            long rttNs = context.nowNs - one.atNs;
            context.events.add(() -> one.listener.onReply(id.identifier(), id.sequence(), rttNs));
        }
    }

    void onUnreachable(Id id, @Nullable Unreached cause) {
        Asked one = asked.remove(id);
        if (one != null) {
            context.events.add(() -> one.listener.onFailure(id.identifier(), id.sequence(), cause));
        }
    }
}
