package io.culvert.bench.swarm;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.RemoteAddress;
import io.culvert.client.loop.NettyLoop;
import io.culvert.libc.Channels;
import io.culvert.loop.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Instant;

/**
 * A socket of its own for one tunnel, as each client of a gateway has one. Confined to the loop.
 */
final class UdpPath implements Carrier {
    private static final int MOST_BYTES = 2048;

    private final DatagramChannel channel;
    private final InetSocketAddress remote;
    private final CarrierListener listener;
    private final EventLoop.Registration registration;
    private final byte[] outbound = new byte[MOST_BYTES];
    private final byte[] inbound = new byte[MOST_BYTES];
    private int length;

    UdpPath(NettyLoop loop, InetSocketAddress remote, CarrierListener listener) throws IOException {
        this.channel = DatagramChannel.open();
        this.remote = remote;
        this.listener = listener;
        channel.connect(remote).configureBlocking(false);
        this.registration = loop.register(Channels.fdOf(channel), (_, _) -> read());
    }

    private void read() {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(inbound);
            while (channel.read(buffer.clear()) > 0) {
                listener.onDatagram(this, inbound, 0, buffer.position());
            }
        } catch (IOException refused) { // as a closed port says by ICMP: the datagram is lost
            return;
        }
        listener.onReadEnd(this);
    }

    @Override
    public boolean isWritable() {
        return channel.isOpen();
    }

    @Override
    public byte[] array() {
        return outbound;
    }

    @Override
    public int reserve(int maxLength) {
        flush(0);
        return 0;
    }

    @Override
    public void commit(int committed) {
        length = committed;
    }

    @Override
    public void flush(long nowNs) {
        int count = length;
        length = 0;
        if (count > 0) {
            try {
                channel.write(ByteBuffer.wrap(outbound, 0, count));
            } catch (IOException refused) { // the datagram is lost, and counted by the tally
                return;
            }
        }
    }

    @Override
    public int maxDatagram() {
        return MOST_BYTES;
    }

    @Override
    public byte[] source() {
        return RemoteAddress.source(remote);
    }

    @Override
    public CarrierInfo info() {
        String text = RemoteAddress.text(remote);
        return new CarrierInfo("udp", null, text, CarrierInfo.State.UP, Instant.EPOCH);
    }

    @Override
    public void close() {
        registration.cancel();
        try {
            channel.close();
        } catch (IOException ignored) { // it is gone either way
            return;
        }
    }
}
