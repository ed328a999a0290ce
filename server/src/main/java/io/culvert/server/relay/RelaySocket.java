package io.culvert.server.relay;

import io.culvert.libc.Channels;
import io.culvert.libc.SocketOptions;
import io.culvert.loop.EventLoop;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * A UDP socket of one session, connected: the kernel lets nobody but the target answer. Confined to
 * the loop.
 */
final class RelaySocket implements AutoCloseable {
    /** The longest UDP payload, and one more to tell it from longer ones. */
    static final int INBOUND_BYTES = 65_536;

    private static final int DATAGRAMS_A_READ = 64;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;

    /** Who takes what comes. */
    interface Receiver {
        void onDatagram(byte[] array, int offset, int length);

        /** No more of this read. */
        void onReadEnd();
    }

    private final DatagramChannel channel;
    private final EventLoop.Registration registration;
    private final byte[] inboundArray;
    private final ByteBuffer inbound;
    private final Receiver receiver;
    private final Drops drops;

    /** Around the array that was sent from last: it is nearly always the same one. */
    private ByteBuffer outbound = ByteBuffer.allocate(0);

    private boolean closed;

    private RelaySocket(DatagramChannel channel, Shared shared, Receiver receiver) {
        this.channel = channel;
        this.inboundArray = shared.inbound();
        this.inbound = ByteBuffer.wrap(inboundArray);
        this.drops = shared.drops();
        this.receiver = receiver;
        this.registration =
                shared.loop().register(Channels.fdOf(channel), (readable, writable) -> onReady());
    }

    /**
     * What the sockets of one loop share.
     *
     * @param inbound where datagrams are read to, {@value #INBOUND_BYTES} bytes
     * @param fwmark what policy routing knows our own datagrams by; 0 for none
     */
    @SuppressWarnings("ArrayRecordComponent") // borrowed for each read, by one at a time
    record Shared(EventLoop loop, byte[] inbound, Drops drops, int fwmark) {}

    /**
     * A socket towards the target.
     *
     * @param port the local port that is wanted; another where that is taken
     */
    static RelaySocket open(Shared shared, InetSocketAddress target, int port, Receiver receiver)
            throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        boolean success = false;
        try {
            channel.configureBlocking(false);
            SocketOptions options = SocketOptions.of(Channels.fdOf(channel));
            options.growBuffers(SOCKET_BUFFER_BYTES);
            if (shared.fwmark() != 0) {
                options.set(SocketOptions.Option.SO_MARK, shared.fwmark());
            }
            bind(channel, port);
            channel.connect(target);
            RelaySocket made = new RelaySocket(channel, shared, receiver);
            success = true;
            return made;
        } finally {
            if (!success) {
                channel.close();
            }
        }
    }

    private static void bind(DatagramChannel channel, int port) throws IOException {
        try {
            channel.bind(new InetSocketAddress(port));
        } catch (BindException taken) {
            channel.bind(new InetSocketAddress(0));
        }
    }

    /** Sends the datagram, or loses it. */
    @SuppressWarnings("ReferenceEquality") // whether it is the same array
    void send(byte[] array, int offset, int length) {
        if (outbound.array() != array) {
            outbound = ByteBuffer.wrap(array);
        }
        outbound.limit(offset + length).position(offset);
        try {
            if (closed || channel.write(outbound) == 0) {
                drops.count(DropReason.SEND_FAILED);
            }
        } catch (IOException lost) { // nobody listens there, or there is no route: just a loss
            drops.count(DropReason.SEND_FAILED);
        }
    }

    private void onReady() {
        boolean isOver = false;
        for (int i = 0; i < DATAGRAMS_A_READ && !closed && !isOver; i++) {
            inbound.clear();
            try {
                isOver = channel.read(inbound) == 0;
            } catch (IOException told) { // an ICMP error about what was sent; now it is read
                isOver = true;
            }
            if (!isOver) {
                receiver.onDatagram(inboundArray, 0, inbound.position());
            }
        }
        receiver.onReadEnd();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        registration.cancel();
        try {
            channel.close();
        } catch (IOException ignored) { // it is gone either way
        }
    }
}
