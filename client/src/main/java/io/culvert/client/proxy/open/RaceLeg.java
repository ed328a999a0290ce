package io.culvert.client.proxy.open;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import org.jspecify.annotations.Nullable;

/**
 * One address being tried. The flow keeps its first listener, so when it has won this passes on
 * what is told to the flow's owner. Confined to the loop.
 */
final class RaceLeg implements InsideFlow.Listener {
    private final Opening opening;

    /** Null before start. */
    private @Nullable InsideFlow flow;

    /** Null until the race is won. */
    private InsideFlow.@Nullable Listener owner;

    RaceLeg(Opening opening) {
        this.opening = opening;
    }

    void start(Inside inside, InsideAddress remote) {
        flow = inside.connect(remote, this);
    }

    void abandon() {
        if (flow != null) {
            flow.abort();
        }
    }

    @Override
    public void onConnected() {
        if (flow != null) {
            owner = opening.onConnected(this, flow);
        }
    }

    @Override
    public void onReadable() {
        if (owner != null) {
            owner.onReadable();
        }
    }

    @Override
    public void onWritable() {
        if (owner != null) {
            owner.onWritable();
        }
    }

    @Override
    public void onRemoteEnd() {
        if (owner != null) {
            owner.onRemoteEnd();
        }
    }

    @Override
    public void onClosed(FlowEnd end) {
        if (owner != null) {
            owner.onClosed(end);
        } else {
            opening.onFailed(this, OpenFailure.of(end));
        }
    }
}
