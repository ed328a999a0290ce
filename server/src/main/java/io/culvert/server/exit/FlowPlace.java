package io.culvert.server.exit;

import io.culvert.crypto.PublicKey;
import io.culvert.netstack.Endpoint;
import java.time.Instant;

/** A flow's place among those that its peer may hold, and its byte counts. Confined to the loop. */
final class FlowPlace {
    private final Admission admission;
    private final PublicKey peer;
    private final Share share;
    private final Ends ends;
    private final Instant since;
    private long sentBytes;
    private long receivedBytes;
    private boolean isClosed;

    FlowPlace(Admission admission, PublicKey peer, Share share, Ends ends) {
        this.admission = admission;
        this.peer = peer;
        this.share = share;
        this.ends = ends;
        this.since = admission.now();
    }

    /**
     * What {@code show} calls a flow by. Immutable.
     *
     * @param kind {@code tcp}, {@code udp}, {@code ping} or {@code dns}
     * @param source the peer's end
     * @param target where it goes
     */
    record Ends(String kind, Endpoint source, Endpoint target) {}

    /** Whether the source is still this peer's, which may have been removed. */
    boolean isStillTheirs() {
        return peer.equals(admission.ownerOf(ends.source().address()));
    }

    /** How many of the wanted bytes the peer may send now; 0: it has to wait. */
    int maySend(int wanted) {
        return share.towardsTarget().most(wanted, admission.nowNs());
    }

    /** How many of the wanted bytes it may receive now; 0: it has to wait. */
    int mayReceive(int wanted) {
        return share.fromTarget().most(wanted, admission.nowNs());
    }

    /** Counts bytes towards the target. */
    void sent(int bytes) {
        sentBytes += bytes;
        share.towardsTarget().spend(bytes);
    }

    /** Counts bytes from the target. */
    void received(int bytes) {
        receivedBytes += bytes;
        share.fromTarget().spend(bytes);
    }

    /** Gives it back. A second call does nothing. */
    void close() {
        if (!isClosed) {
            isClosed = true;
            share.giveBack();
            admission.remove(this);
        }
    }

    ExitFlow info() {
        return new ExitFlow(
                ends.kind(),
                ends.source().toString(),
                ends.target().toString(),
                sentBytes,
                receivedBytes,
                since);
    }
}
