package io.culvert.tunnel;

import io.culvert.noise.InitiationReceived;
import io.culvert.stats.DropReason;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The examinations that are under way: how many there may be, and where each initiation came from.
 * Confined to the engine; the work itself is done by a {@link HandshakeWorker}.
 */
final class Examinations<E> {
    private final Context<E> context;
    private final HandshakeWorker worker;
    private final IdentityHashMap<Examination, Arrival<E>> underWay = new IdentityHashMap<>();
    private int urgent;

    /**
     * Where and when an initiation came.
     *
     * @param from the path; answers would go there
     * @param atNs monotonic
     */
    record Arrival<E>(E from, long atNs) {}

    /**
     * An initiation that was made for this end, whoever made it.
     *
     * @param received to be destroyed by who takes it
     */
    record Claim<E>(InitiationReceived received, Arrival<E> arrival) {}

    Examinations(Context<E> context, HandshakeWorker worker) {
        this.context = context;
        this.worker = worker;
    }

    /**
     * Takes a copy of an initiation; counts it as dropped when too many are under way.
     *
     * @return whether it is done already
     */
    boolean begin(byte[] array, int offset, Arrival<E> arrival) {
        boolean isUrgent = context.endpoints.isKnown(arrival.from());
        int others = isUrgent ? urgent : underWay.size() - urgent;
        if (others >= Tuning.EXAMINATIONS) {
            context.drops.count(DropReason.HANDSHAKE_OVERFLOW);
            return false;
        }
        Examination begun = new Examination(context.local, isUrgent, array, offset);
        urgent += isUrgent ? 1 : 0;
        underWay.put(begun, arrival);
        return worker.add(begun);
    }

    /** One that is done; null when there is none at present. */
    @Nullable Claim<E> next() {
        Examination done = worker.poll();
        while (done != null) {
            Claim<E> claim = claim(done);
            if (claim != null) {
                return claim;
            }
            done = worker.poll();
        }
        return null;
    }

    private @Nullable Claim<E> claim(Examination done) {
        Arrival<E> arrival = forget(done);
        InitiationReceived received = done.received();
        if (arrival == null) {
            done.destroy(); // its path is gone, which was counted then
        } else if (received == null) {
            context.drops.count(DropReason.BAD_HANDSHAKE);
        } else if (done.local() != context.local) {
            done.destroy(); // it was for a key that is not ours any more
            context.drops.count(DropReason.BAD_HANDSHAKE);
        } else {
            return new Claim<>(received, arrival);
        }
        return null;
    }

    private @Nullable Arrival<E> forget(Examination examination) {
        Arrival<E> arrival = underWay.remove(examination);
        if (arrival != null && examination.isUrgent()) {
            urgent--;
        }
        return arrival;
    }

    /** The path is gone, and nobody is answered there. */
    void disconnect(E endpoint) {
        underWay.entrySet().removeIf(entry -> isFrom(endpoint, entry));
    }

    private boolean isFrom(E endpoint, Map.Entry<Examination, Arrival<E>> entry) {
        boolean isGone = endpoint.equals(entry.getValue().from());
        if (isGone) {
            urgent -= entry.getKey().isUrgent() ? 1 : 0;
            context.drops.count(DropReason.NO_CARRIER);
        }
        return isGone;
    }

    /** How many are under way. */
    int size() {
        return underWay.size();
    }
}
