package io.culvert.pump;

import io.culvert.bytes.Packet;
import io.culvert.ip.Unreachable;
import io.culvert.ip.VirtioHeader;
import io.culvert.tun.Tun;
import java.io.IOException;

/**
 * Tells a sender of the inside at once that its packet leads to nobody, instead of letting it wait
 * for a time-out. Bounded in rate, as every router's errors are (RFC 1812 §4.3.2.8, RFC 4443 §2.4
 * (f)): a token bucket. Confined to the loop.
 */
final class Refusals {
    /** A hundred a second in the long run. */
    private static final long COST_NS = 10_000_000;

    /** Half a hundred at once. */
    private static final long FULL_NS = 50 * COST_NS;

    private final Tun tun;
    private final Unreachable unreachable = new Unreachable();
    private final byte[] reply = new byte[VirtioHeader.LENGTH + Unreachable.MAX_LENGTH];

    // tokens as time; the clock may begin anywhere
    private boolean hasBegun;
    private long tokensNs = FULL_NS;
    private long sinceNs;

    Refusals(Tun tun) {
        this.tun = tun;
    }

    /** Says of the packet that it cannot be delivered, where that may be said. */
    void tell(Packet packet, long nowNs) throws IOException {
        refill(nowNs);
        if (tokensNs < COST_NS) {
            return;
        }
        int offset = VirtioHeader.LENGTH;
        int length =
                unreachable.answer(packet.array(), packet.offset(), packet.length(), reply, offset);
        if (length > 0) {
            tokensNs -= COST_NS;
            var _ = tun.write(reply, offset, length); // an inside that is full hears of no loss
        }
    }

    private void refill(long nowNs) {
        if (hasBegun) {
            tokensNs = Math.min(FULL_NS, tokensNs + Math.max(0, nowNs - sinceNs));
        }
        hasBegun = true;
        sinceNs = nowNs;
    }
}
