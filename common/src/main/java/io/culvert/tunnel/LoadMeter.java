package io.culvert.tunnel;

/**
 * Tells whether handshakes come faster than they should be served: more than {@link
 * Tuning#LOAD_HANDSHAKES_PER_SECOND} with a valid mac1 within a second, and for a second after.
 * Confined to the engine.
 */
final class LoadMeter {
    // meaningless until the first message: the clock may begin anywhere
    private boolean hasBegun;
    private long windowNs;
    private int count;
    private boolean loaded;
    private long loadedNs;

    /** Counts one handshake message; true when the engine is under load. */
    boolean countAndTell(long nowNs) {
        if (!hasBegun || nowNs - windowNs >= Timing.SECOND_NS) {
            hasBegun = true;
            windowNs = nowNs;
            count = 0;
        }
        if (++count > Tuning.LOAD_HANDSHAKES_PER_SECOND) {
            loaded = true;
            loadedNs = nowNs;
        }
        if (loaded && nowNs - loadedNs >= Tuning.LOAD_STICKY_NS) {
            loaded = false;
        }
        return loaded;
    }

    /** Messages counted within the present second. */
    int messages() {
        return count;
    }
}
