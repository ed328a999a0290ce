package io.culvert.netstack;

/**
 * Who is asked about what others begin, in a stack that takes packets for any destination. Called
 * on the stack's thread from within its receive, poll and tick; may call back, except these.
 */
@FunctionalInterface
public interface Arrivals extends TcpArrivals, UdpArrivals, EchoArrivals {
    /** Of a stack that is no transit: lets nobody in. */
    Arrivals NONE = TcpRequest::reset;

    @Override
    default void onTcpCancelled(TcpRequest request) {}

    @Override
    default void onUdp(UdpRequest request) {
        request.refuse(Unreached.PORT);
    }

    @Override
    default void onEcho(EchoRequest request) {}
}
