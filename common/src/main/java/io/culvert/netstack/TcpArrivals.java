package io.culvert.netstack;

/** Who is asked about connections that others open. Confined to the stack's thread. */
public interface TcpArrivals {
    /** Somebody opens a connection; to be answered now or later, within the stack's limits. */
    void onTcp(TcpRequest request);

    /** The one who opened it has given up, or nobody answered in time: nothing is to be done. */
    void onTcpCancelled(TcpRequest request);
}
