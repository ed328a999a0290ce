package io.culvert.netstack;

/**
 * Who is asked about what others begin, in a stack that takes packets for any destination. Called
 * on the stack's thread from within its receive, poll and tick; may call back, except these.
 */
public interface Arrivals extends TcpArrivals, UdpArrivals, EchoArrivals {
    /** Answers nothing to anybody: for a stack that is no transit. */
    Arrivals NONE =
            new Arrivals() {
                @Override
                public void onTcp(TcpRequest request) {
                    request.reset();
                }

                @Override
                public void onTcpCancelled(TcpRequest request) {}

                @Override
                public void onUdp(UdpRequest request) {
                    request.refuse(Unreached.PORT);
                }

                @Override
                public void onEcho(EchoRequest request) {}
            };
}
