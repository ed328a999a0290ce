package io.culvert.carrier;

import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Several connections between the same two ends as one carrier, so that what one of them holds back
 * behind a lost segment keeps only its own flows waiting. Connections come and go; the bundle is
 * there as long as one is. Confined to the loop that owns them.
 *
 * <p>Whoever has flows asks {@link #lanes} and {@link #lane}, and puts each flow's datagrams into
 * one of them. What is put into the bundle itself goes by the first lane that takes it: handshakes
 * and keepalives, whose order does not matter.
 */
public final class Bundle implements Carrier {
    /** More do not help, and cost the gateway memory. */
    public static final int MOST_LANES = 4;

    private final @Nullable Carrier[] members = new Carrier[MOST_LANES];
    private int lanes = 1;

    /** The lowest lane's, or the last that was; null before the first joined. */
    private @Nullable Carrier first;

    /** Where the datagram being built is, or the last one was; null before the first. */
    private @Nullable Carrier building;

    /** Holds datagrams since the last flush. */
    private final ArrayDeque<Carrier> filled = new ArrayDeque<>();

    /**
     * Takes a connection as that lane.
     *
     * @return the connection that it replaces; null where there was none
     */
    public @Nullable Carrier join(int lane, Carrier carrier) {
        Carrier before = members[lane];
        members[lane] = carrier;
        lanes = Math.max(lanes, lane + 1);
        onMembers();
        return carrier.equals(before) ? null : before;
    }

    /** Lets a connection go; what was not in the bundle is not heeded. */
    public void leave(Carrier carrier) {
        for (int lane = 0; lane < lanes; lane++) {
            if (carrier.equals(members[lane])) {
                members[lane] = null;
            }
        }
        onMembers();
    }

    private void onMembers() {
        for (int lane = lanes - 1; lane >= 0; lane--) {
            Carrier member = members[lane];
            first = member == null ? first : member;
        }
    }

    /** Whether no connection is left. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** How many connections there are. */
    public int size() {
        int count = 0;
        for (Carrier member : members) {
            count += member == null ? 0 : 1;
        }
        return count;
    }

    @Override
    public int lanes() {
        return lanes;
    }

    /** The lane's connection; while that is gone, the one of the next lane that has one. */
    @Override
    public Carrier lane(int lane) {
        for (int i = 0; i < lanes; i++) {
            Carrier member = members[(lane + i) % lanes];
            if (member != null) {
                return member;
            }
        }
        return this;
    }

    @Override
    public boolean isWritable() {
        return writable() != null;
    }

    private @Nullable Carrier writable() {
        for (Carrier member : members) {
            if (member != null && member.isWritable()) {
                return member;
            }
        }
        return null;
    }

    @Override
    public byte[] array() {
        return building().array();
    }

    private Carrier building() {
        return Objects.requireNonNull(building, "nothing was reserved");
    }

    @Override
    public int reserve(int maxLength) {
        Carrier taker = writable();
        building = taker == null ? first : taker; // where none takes it, it is dropped and counted
        return building().reserve(maxLength);
    }

    @Override
    public void commit(int length) {
        building().commit(length);
        if (!filled.contains(building())) {
            filled.add(building());
        }
    }

    @Override
    public void flush(long nowNs) {
        for (Carrier next = filled.poll(); next != null; next = filled.poll()) {
            next.flush(nowNs); // may lead back here, with more
        }
    }

    @Override
    public boolean takesSuperPackets() {
        return first != null && first.takesSuperPackets();
    }

    @Override
    public int maxDatagram() {
        return first == null ? 0 : first.maxDatagram();
    }

    @Override
    public byte[] source() {
        return first == null ? new byte[0] : first.source();
    }

    /** The first connection's, with the number of all. */
    @Override
    public CarrierInfo info() {
        return Objects.requireNonNull(first, "no connection has joined").info().withLanes(size());
    }

    /** Closes all connections. */
    @Override
    public void close() {
        for (Carrier member : members) {
            if (member != null) {
                member.close();
            }
        }
    }
}
