package io.culvert.bench.swarm;

import java.io.IOException;

/** What a command does, a step a millisecond, until it is over. Confined to the loop. */
interface Phase {
    /** A step; whether it was the last. */
    boolean step(long nowNs) throws IOException;

    /** What came of it, as the members of a JSON object. */
    String members();
}
