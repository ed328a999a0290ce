package io.culvert.carrier;

import io.culvert.bytes.BigEndian;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;

/**
 * The inbound half of a WebSocket carrier: bytes to frames to capsules to the listener. Confined to
 * the carrier.
 */
final class Inbound implements FrameReader.Sink, CapsuleReader.Sink {
    /** What a read comes to when the connection goes on. */
    static final int GOES_ON = 0;

    /** Every receiver takes messages of this length before any HELLO. */
    static final int COMMON_MESSAGE_BYTES = 16_384;

    private final WebSocketCarrier carrier;
    private final CarrierListener listener;
    private final Drops drops;
    private final Heartbeat heartbeat;
    private final boolean bare;
    private final FrameReader frames;
    private final CapsuleReader capsules = new CapsuleReader(this);
    private int closeCode = GOES_ON;
    private long nowNs;

    Inbound(
            WebSocketCarrier carrier,
            WebSocketSettings settings,
            CarrierListener listener,
            Drops drops,
            Heartbeat heartbeat) {
        this.carrier = carrier;
        this.listener = listener;
        this.drops = drops;
        this.heartbeat = heartbeat;
        this.bare = settings.protocol() == WebSocketCarrier.Protocol.BARE;
        boolean wantsMasked = settings.role() == WebSocketCarrier.Role.SERVER;
        this.frames = new FrameReader(wantsMasked, longest(settings), this);
    }

    private int longest(WebSocketSettings settings) {
        int common = bare ? WebSocketCarrier.LARGEST_BARE_DATAGRAM : COMMON_MESSAGE_BYTES;
        return Math.max(settings.hello().maxMessageBytes(), common);
    }

    /** Reads; returns the code to close with, or {@link #GOES_ON}. */
    int read(byte[] array, int offset, int length, long readNs) {
        nowNs = readNs;
        int fault = frames.read(array, offset, length);
        if (fault != 0) {
            drops.count(DropReason.BAD_FRAME);
            closeCode = fault;
        }
        return closeCode;
    }

    /** Now and then: gives back room that is not used. */
    void trim() {
        frames.trim();
    }

    @Override
    public boolean isReading() {
        return closeCode == GOES_ON && carrier.isOpen();
    }

    @Override
    public void onMessage(byte[] array, int offset, int length) {
        if (bare) {
            readBare(array, offset, length);
        } else if (!capsules.read(array, offset, length)) {
            drops.count(DropReason.BAD_CAPSULE);
            closeCode = CloseCode.PROTOCOL_ERROR;
        }
    }

    private void readBare(byte[] array, int offset, int length) {
        if (length > 0) {
            listener.onDatagram(carrier, array, offset, length);
        } else {
            drops.count(DropReason.MALFORMED_DATAGRAM);
        }
    }

    @Override
    public void onControl(int opcode, byte[] array, int length) {
        if (opcode == Frame.PING) {
            heartbeat.onPing(array, length);
        } else if (opcode == Frame.CLOSE) {
            readClose(array, length);
        } else if (length == Long.BYTES) {
            heartbeat.onPong(BigEndian.getLong(array, 0), nowNs);
        }
    }

    private void readClose(byte[] array, int length) {
        closeCode = length == 0 ? CloseCode.NORMAL : CloseCode.PROTOCOL_ERROR;
        if (length >= Short.BYTES && CloseCode.isValid(BigEndian.getShort(array, 0))) {
            closeCode = BigEndian.getShort(array, 0); // echoed, RFC 6455 §5.5.1
        } else if (length > 0) {
            drops.count(DropReason.BAD_FRAME);
        }
    }

    @Override
    public void onDatagram(byte[] array, int offset, int length) {
        listener.onDatagram(carrier, array, offset, length);
    }

    @Override
    public void onStrayDatagram() {
        drops.count(DropReason.BAD_CAPSULE);
    }

    @Override
    public void onHello(Hello hello) {
        carrier.onPeer(hello);
        listener.onHello(carrier, hello);
    }

    @Override
    public void onDrain(long afterMs) {
        listener.onDrain(carrier, afterMs);
    }

    @Override
    public void onPing(long sequence) {
        heartbeat.onPing(sequence);
    }

    @Override
    public void onPong(long sequence) {
        heartbeat.onPongCapsule(sequence, nowNs);
    }
}
