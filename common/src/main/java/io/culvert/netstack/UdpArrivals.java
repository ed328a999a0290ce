package io.culvert.netstack;

/** Who is asked about datagrams that belong to no flow. Confined to the stack's thread. */
public interface UdpArrivals {
    /** The first datagram between two ends; to be answered now or soon. */
    void onUdp(UdpRequest request);
}
