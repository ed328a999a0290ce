package io.culvert.netstack;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Flows by their two ends: a hash table with open addressing, looked up by a packet without an
 * allocation. The hash is keyed, so that nobody outside can aim flows at one place. Confined to one
 * thread.
 */
final class FlowTable<T extends Keyed> {
    private static final int LEAST_SLOTS = 64;
    private static final long PURPOSE = 1;

    private final SipHash hash;
    private @Nullable Keyed[] slots = new Keyed[LEAST_SLOTS];
    private int size;

    FlowTable(SipHash hash) {
        this.hash = hash;
    }

    int size() {
        return size;
    }

    /** The flow of a packet that came in; null when there is none. */
    @Nullable T find(Inbound packet) {
        int slot = slotOf(hashOf(packet));
        for (Keyed found = slots[slot]; found != null; found = slots[slot]) {
            if (packet.isOf(found.key())) {
                return cast(found);
            }
            slot = slot + 1 & slots.length - 1;
        }
        return null;
    }

    /** The flow between these ends; null when there is none. */
    @Nullable T find(FlowKey key) {
        int slot = slotOf(hash.of(key, PURPOSE));
        for (Keyed found = slots[slot]; found != null; found = slots[slot]) {
            if (found.key().equals(key)) {
                return cast(found);
            }
            slot = slot + 1 & slots.length - 1;
        }
        return null;
    }

    @SuppressWarnings("unchecked") // nothing else is ever put
    private T cast(Keyed found) {
        return (T) found;
    }

    private long hashOf(Inbound packet) {
        long family = packet.isIpv6() ? 1L << 32 : 0;
        long ports = (long) packet.destinationPort() << 16 | packet.sourcePort();
        return hash.of(
                packet.destinationHigh() ^ packet.destinationLow(),
                packet.sourceHigh(),
                packet.sourceLow(),
                ports | family,
                PURPOSE);
    }

    private int slotOf(long hashed) {
        return (int) hashed & slots.length - 1;
    }

    /** Puts a flow in, in the place of another with the same ends if there is one. */
    void put(T flow) {
        if (2 * (size + 1) > slots.length) {
            grow();
        }
        int slot = slotOf(hash.of(flow.key(), PURPOSE));
        for (Keyed found = slots[slot]; found != null; found = slots[slot]) {
            if (found.key().equals(flow.key())) {
                slots[slot] = flow;
                return;
            }
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = flow;
        size++;
    }

    private void grow() {
        @Nullable Keyed[] old = slots;
        slots = new Keyed[2 * old.length];
        for (Keyed flow : old) {
            if (flow != null) {
                int slot = slotOf(hash.of(flow.key(), PURPOSE));
                while (slots[slot] != null) {
                    slot = slot + 1 & slots.length - 1;
                }
                slots[slot] = flow;
            }
        }
    }

    /** Takes this very flow out; does nothing when another one has its place. */
    void remove(T flow) {
        int slot = slotOf(hash.of(flow.key(), PURPOSE));
        Keyed found = slots[slot];
        while (found != null && !found.equals(flow)) { // none defines it: it is the very same
            slot = slot + 1 & slots.length - 1;
            found = slots[slot];
        }
        if (found == null) {
            return;
        }
        size--;
        closeGap(slot);
    }

    /** Moves up what was put behind the gap because of it. */
    private void closeGap(int from) {
        int gap = from;
        slots[gap] = null;
        int slot = gap + 1 & slots.length - 1;
        for (Keyed flow = slots[slot]; flow != null; flow = slots[slot]) {
            int wanted = slotOf(hash.of(flow.key(), PURPOSE));
            boolean mayMove = (slot - wanted & slots.length - 1) >= (slot - gap & slots.length - 1);
            if (mayMove) {
                slots[gap] = flow;
                slots[slot] = null;
                gap = slot;
            }
            slot = slot + 1 & slots.length - 1;
        }
    }

    /** Shows every flow; the table must not change meanwhile. */
    void forEach(Consumer<T> consumer) {
        for (Keyed flow : slots) {
            if (flow != null) {
                consumer.accept(cast(flow));
            }
        }
    }
}
