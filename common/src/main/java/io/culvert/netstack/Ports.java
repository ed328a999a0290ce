package io.culvert.netstack;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Local ports for flows that this stack opens, by RFC 6056 §3.3.3: each destination has its own
 * place to begin, which nobody outside foretells. Confined to the stack's thread.
 */
final class Ports {
    private static final int FIRST = 32_768;
    private static final int COUNT = 61_000 - FIRST;
    private static final int MOST_TRIES = 2048;

    /** After so many a port will do that is free to be used again. */
    private static final int FEW_TRIES = 64;

    private static final long PURPOSE = 2;

    private final SipHash hash;
    private int next;

    Ports(SipHash hash, int start) {
        this.hash = hash;
        this.next = start & 0xffff;
    }

    /** A key from this address to there that is not in use; null when none was found. */
    @Nullable FlowKey choose(FlowKey wanted, Predicate<FlowKey> isFree) {
        return choose(wanted, isFree, _ -> false);
    }

    /** The same; where free ones are rare, also one that was in use and may be again. */
    @Nullable FlowKey choose(
            FlowKey wanted, Predicate<FlowKey> isFree, Predicate<FlowKey> isReusable) {
        long offset = hash.of(wanted, PURPOSE) & 0x7fff_ffff;
        for (int i = 0; i < MOST_TRIES; i++) {
            int port = FIRST + (int) ((offset + next++) % COUNT);
            FlowKey key =
                    new FlowKey(new Endpoint(wanted.local().address(), port), wanted.remote());
            if (isFree.test(key) || (i >= FEW_TRIES && isReusable.test(key))) {
                return key;
            }
            next &= Integer.MAX_VALUE;
        }
        return null;
    }
}
