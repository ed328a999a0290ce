package io.culvert.client.proxy;

import java.time.Instant;

/** A flow's place in the table, and its byte counts. Confined to the loop. */
public final class LiveFlow {
    private final FlowTable table;
    private final FlowKind kind;
    private final String source;
    private final String target;
    private final Instant since;
    private final Runnable onIdle;
    private long sentBytes;
    private long receivedBytes;
    private int quietTicks;

    LiveFlow(FlowTable table, FlowKind kind, Ends ends, Instant since, Runnable onIdle) {
        this.table = table;
        this.kind = kind;
        this.source = ends.source();
        this.target = ends.target();
        this.since = since;
        this.onIdle = onIdle;
    }

    /**
     * The two ends of a flow, as text. Immutable.
     *
     * @param source who opened it
     * @param target what was asked for
     */
    public record Ends(String source, String target) {}

    /** Counts bytes towards the target. */
    public void sent(int bytes) {
        sentBytes += bytes;
        quietTicks = 0;
    }

    /** Counts bytes from the target. */
    public void received(int bytes) {
        receivedBytes += bytes;
        quietTicks = 0;
    }

    /** Gives the place back. A second call does nothing. */
    public void close() {
        table.remove(this);
    }

    FlowKind kind() {
        return kind;
    }

    /** One more tick without a byte; how many that makes. */
    int tick() {
        return ++quietTicks;
    }

    void idle() {
        onIdle.run();
    }

    FlowInfo info() {
        return new FlowInfo(kind, source, target, sentBytes, receivedBytes, since);
    }
}
