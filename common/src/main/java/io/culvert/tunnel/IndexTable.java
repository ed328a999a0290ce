package io.culvert.tunnel;

import io.culvert.session.Session;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Local index → who it names: a peer's handshake in flight, or one of its sessions. Indices are
 * random, so that they tell an observer nothing. Open addressing, so that a look-up allocates
 * nothing. Confined to the engine.
 */
final class IndexTable<E> {
    private static final int INITIAL_SLOTS = 16;

    private final RandomGenerator random;

    // slot i holds an entry for keys[i], or none when entries[i] is null
    private int[] keys = new int[INITIAL_SLOTS];
    private @Nullable Entry<E>[] entries = newSlots(INITIAL_SLOTS);
    private int size;

    IndexTable(RandomGenerator random) {
        this.random = random;
    }

    /**
     * What an index names.
     *
     * @param session null while the handshake is in flight
     */
    record Entry<E>(Peer<E> peer, @Nullable Session session) {}

    /** A random index that names nothing yet. */
    int freshIndex() {
        int index = random.nextInt();
        while (get(index) != null) {
            index = random.nextInt();
        }
        return index;
    }

    void put(int index, Entry<E> entry) {
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        int slot = slotOf(index);
        if (entries[slot] == null) {
            size++;
        }
        keys[slot] = index;
        entries[slot] = entry;
    }

    @Nullable Entry<E> get(int index) {
        return entries[slotOf(index)];
    }

    void remove(int index) {
        int hole = slotOf(index);
        if (entries[hole] == null) {
            return;
        }
        size--;
        int mask = keys.length - 1;
        int slot = hole;
        // Entries behind the hole move up, unless they would pass their home slot.
        while (true) {
            slot = (slot + 1) & mask;
            if (entries[slot] == null) {
                break;
            }
            int home = keys[slot] & mask;
            if (((slot - home) & mask) >= ((slot - hole) & mask)) {
                keys[hole] = keys[slot];
                entries[hole] = entries[slot];
                hole = slot;
            }
        }
        entries[hole] = null;
    }

    int size() {
        return size;
    }

    private int slotOf(int index) {
        int mask = keys.length - 1;
        int slot = index & mask;
        while (entries[slot] != null && keys[slot] != index) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] oldKeys = keys;
        @Nullable Entry<E>[] oldEntries = entries;
        keys = new int[2 * oldKeys.length];
        entries = newSlots(keys.length);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldEntries[i] != null) {
                int slot = slotOf(oldKeys[i]);
                keys[slot] = oldKeys[i];
                entries[slot] = oldEntries[i];
            }
        }
        Arrays.fill(oldEntries, null);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generics can't be made otherwise
    private static <E> @Nullable Entry<E>[] newSlots(int length) {
        return (@Nullable Entry<E>[]) new @Nullable Entry[length];
    }
}
