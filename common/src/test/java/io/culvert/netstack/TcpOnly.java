package io.culvert.netstack;

/** Arrivals that take TCP, and refuse the rest. */
interface TcpOnly extends Arrivals {
    @Override
    default void onTcpCancelled(TcpRequest request) {}

    @Override
    default void onUdp(UdpRequest request) {
        request.refuse(Unreached.PORT);
    }

    @Override
    default void onEcho(EchoRequest request) {
        request.refuse(Unreached.HOST);
    }
}
