package io.culvert.pump;

import io.culvert.ip.Coalescer;
import io.culvert.ip.Segmenter;
import io.culvert.ip.VirtioHeader;
import io.culvert.tun.Tun;

/**
 * Packets on their last steps to the inside, in the shape that it takes: merged where the device
 * has offloads, cut where it has none. Confined to the loop.
 */
final class Inward {
    private final Tun tun;
    private final Coalescer.Sink sink;
    private final Segmenter segmenter = new Segmenter();

    // replaced when the device turns out to refuse super-packets
    private Coalescer coalescer;
    private boolean hasOffloads;
    private boolean hasUdpOffloads;

    /** One segment behind its virtio-net header; made when first needed. */
    private byte[] segment = {};

    Inward(Tun tun, Coalescer.Sink sink) {
        this.tun = tun;
        this.sink = sink;
        this.coalescer = coalescer();
    }

    private Coalescer coalescer() {
        hasOffloads = tun.hasOffloads();
        hasUdpOffloads = tun.hasUdpOffloads();
        return new Coalescer(sink, hasOffloads, hasUdpOffloads);
    }

    /** Takes an ordinary packet. The ten bytes before it are overwritten. */
    void add(byte[] array, int offset, int length) {
        coalescer.add(array, offset, length);
    }

    /** Takes a super-packet that {@link Segmenter#accept} has accepted. */
    void addSuper(byte[] array, int offset, int length) {
        boolean isUdp = VirtioHeader.gsoType(array, offset) == VirtioHeader.GSO_UDP_L4;
        if (isUdp ? hasUdpOffloads : hasOffloads) {
            coalescer.addOffloaded(array, offset, length);
            return;
        }
        int at = VirtioHeader.LENGTH;
        int segments = segmenter.start(array, offset, length);
        for (int i = 0; i < segments; i++) {
            int needed = at + segmenter.lengthOf(i);
            if (needed > segment.length) {
                segment = new byte[needed];
            }
            coalescer.add(segment, at, segmenter.write(i, segment, at));
        }
    }

    /** Writes all that is held; then looks whether the device still takes what it said. */
    void flush() {
        coalescer.flush();
        if (hasOffloads && !tun.hasOffloads()) {
            coalescer = coalescer();
        }
    }
}
