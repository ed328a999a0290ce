package io.culvert.netstack;

/** Who is asked about ICMP echo requests for addresses not the stack's own. Confined. */
public interface EchoArrivals {
    /** Somebody asks whether an address answers; to be answered now, later, or never. */
    void onEcho(EchoRequest request);
}
