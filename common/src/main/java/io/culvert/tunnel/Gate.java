package io.culvert.tunnel;

import io.culvert.noise.CookieChecker;
import io.culvert.noise.CookieChecker.Source;
import io.culvert.stats.DropReason;

/**
 * Whose handshake messages are looked at, as cheaply as that can be told (paper §5.3): the mac1 of
 * every one, and while many come the cookie and the limiter. Confined to the engine.
 *
 * <p>A cookie proves that the sender receives at the address that it sends from. A connection has
 * proved that when it came up, so there the limiter alone decides, at once instead of after the
 * round trip and the 5 s of REKEY-TIMEOUT that a cookie costs.
 */
final class Gate<E> {
    private final Context<E> context;
    private CookieChecker cookies;
    private final RateLimiter limiter = new RateLimiter(Tuning.RATE_SOURCES);
    private final LoadMeter load = new LoadMeter();
    private Told told;

    Gate(Context<E> context) {
        this.context = context;
        this.cookies = new CookieChecker(context.local, context.random);
        this.told = new Told(context.random.nextLong());
    }

    /** The context's identity is another one now. */
    void onIdentity() {
        cookies = new CookieChecker(context.local, context.random);
        told = new Told(context.random.nextLong());
    }

    /** Whether the sender knows our public key; counted when not. */
    boolean knowsUs(byte[] array, int offset, int length) {
        boolean knows = cookies.checkMac1(array, offset, length);
        if (!knows) {
            context.drops.count(DropReason.BAD_MAC1);
        }
        return knows;
    }

    /**
     * Whether a message with a right mac1 may cost us something; counted, and perhaps answered with
     * a cookie, when not.
     */
    boolean admits(byte[] array, int offset, int length, Examinations.Arrival<E> arrival) {
        if (!load.countAndTell(arrival.atNs())) {
            return true;
        }
        E from = arrival.from();
        byte[] address = context.effects.source(from);
        Source source = new Source(address, arrival.atNs());
        boolean isProven =
                context.effects.isProven(from) || cookies.checkMac2(array, offset, length, source);
        if (isProven && limiter.allow(address, arrival.atNs())) {
            return true;
        }
        context.drops.count(DropReason.RATE_LIMITED);
        if (!isProven && mayReply(from) && !told.wasToldLately(address, arrival.atNs())) {
            byte[] reply = cookies.reply(array, offset, length, source);
            int trafficClass = Tuning.HANDSHAKE_TRAFFIC_CLASS;
            context.effects.send(from, reply, 0, reply.length, trafficClass);
        }
        return false;
    }

    /** What replies cost is bounded; whose peers we know are asked for a cookie all the same. */
    private boolean mayReply(E to) {
        return load.messages() <= Tuning.COOKIE_REPLIES_PER_SECOND || context.endpoints.isKnown(to);
    }

    /** Sources that the limiter remembers. */
    int limitedSources() {
        return limiter.sources();
    }
}
