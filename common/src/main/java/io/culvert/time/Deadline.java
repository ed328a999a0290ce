package io.culvert.time;

/**
 * A moment of a monotonic clock that may be set or not, compared by subtraction so that the clock
 * may wrap. Confined to its owner's thread; it never allocates.
 */
public final class Deadline {
    private long atNs;
    private boolean isSet;

    /** Sets the moment, replacing an earlier one. */
    public void set(long deadlineNs) {
        atNs = deadlineNs;
        isSet = true;
    }

    /** Sets the moment only where none is set. */
    public void setIfUnset(long deadlineNs) {
        if (!isSet) {
            set(deadlineNs);
        }
    }

    /** Forgets the moment. */
    public void clear() {
        isSet = false;
    }

    /** Whether a moment is set. */
    public boolean isSet() {
        return isSet;
    }

    /** Whether a moment is set and has come. */
    public boolean isDue(long nowNs) {
        return isSet && nowNs - atNs >= 0;
    }

    /** Whether the moment has come; if so, forgets it. */
    public boolean takeIfDue(long nowNs) {
        boolean due = isDue(nowNs);
        if (due) {
            isSet = false;
        }
        return due;
    }

    /** Nanoseconds until the moment, zero when it has come, {@code limitNs} when later or unset. */
    public long remainingNs(long nowNs, long limitNs) {
        return isSet ? Math.clamp(atNs - nowNs, 0, limitNs) : limitNs;
    }

    @Override
    public String toString() {
        return isSet ? "Deadline(" + atNs + " ns)" : "Deadline(unset)";
    }
}
