package io.culvert.carrier;

import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket after its upgrade, as a carrier: RFC 6455 frames below, {@code culvert.1} capsules or
 * bare datagrams above. Sans I/O: an adapter moves the bytes and the time. Confined to its loop.
 *
 * <p>The adapter's part:
 *
 * <ol>
 *   <li>{@link #start} once, after the upgrade;
 *   <li>{@link #receive} with every read, {@link #onWritable} whenever the stream turned writable;
 *   <li>{@link #tick} after as many nanoseconds as the last tick said;
 *   <li>{@link #onStreamClosed} when the stream is closed, by whomever.
 * </ol>
 *
 * <p>The listener is told of the end once: at once if the other side closed, broke the protocol or
 * fell silent, else when the stream is closed.
 */
public final class WebSocketCarrier implements Carrier {
    /**
     * The longest message that is sent or, by a receiver that says so in HELLO, taken: the largest
     * IP packet with all that is put around it.
     */
    public static final int LARGEST_MESSAGE_BYTES = 65_536 + 1024;

    /** The longest datagram of a bare carrier: what one UDP datagram may hold. */
    static final int LARGEST_BARE_DATAGRAM = 65_535;

    /** Most bytes of datagrams written while the stream is not writable; more are dropped. */
    private static final int MOST_OVERFULL_BYTES = 262_144;

    private static final int SILENTLY = 0;

    private final WebSocketSettings settings;
    private final ByteStream stream;
    private final CarrierListener listener;
    private final Drops drops;
    private final Outbox outbox;
    private final Controls controls;
    private final Heartbeat heartbeat;
    private final Inbound inbound;
    private final FlightLimit flight;

    private State state = State.NEW;
    private int maxDatagram;
    private boolean takesSuperPackets;
    private int overfullBytes;
    private int gathered;
    private boolean writing;
    private boolean turnedWritable; // within the write at hand
    private boolean draining;

    /**
     * A carrier that does nothing until {@link #start}.
     *
     * @param random where masking keys come from (RFC 6455 §10.3 wants them unpredictable): a fast
     *     generator is good enough if its seed came from {@link java.security.SecureRandom}, for
     *     what is masked is ciphertext
     */
    public WebSocketCarrier(
            WebSocketSettings settings,
            ByteStream stream,
            CarrierListener listener,
            Drops drops,
            RandomGenerator random) {
        this.settings = settings;
        this.stream = stream;
        this.listener = listener;
        this.drops = drops;
        FrameWriter writer = new FrameWriter(settings.role(), random);
        this.controls = new Controls(writer, this::write);
        this.flight = isBare() ? FlightLimit.none() : FlightLimit.measured();
        this.heartbeat = new Heartbeat(controls, random, flight, isBare());
        this.inbound = new Inbound(this, settings, listener, drops, heartbeat);
        int frameBytes = settings.maxMessageBytes();
        if (isBare()) {
            this.outbox = new BareOutbox(writer, this::writeDatagrams, frameBytes);
            this.maxDatagram = LARGEST_BARE_DATAGRAM;
        } else {
            Hello hello = settings.hello();
            this.outbox = new CapsuleOutbox(writer, this::writeDatagrams, frameBytes, hello);
            this.maxDatagram = frameBytes - Frame.MAX_HEADER - Capsule.datagramHeader(frameBytes);
        }
    }

    /**
     * Tells the listener that the carrier is up and arms liveness. HELLO goes first in the first
     * message, with the datagrams that the listener commits meanwhile.
     */
    public void start(long nowNs) {
        if (state != State.NEW) {
            return;
        }
        state = State.OPEN;
        heartbeat.start(nowNs);
        listener.onOpen(this);
        if (state == State.OPEN) {
            outbox.flush();
        }
        if (isWritable()) {
            listener.onWritable(this);
        }
    }

    /**
     * Takes bytes that the stream gave, split anywhere. They may be overwritten in place and are
     * the caller's again on return.
     */
    public void receive(byte[] array, int offset, int length, long nowNs) {
        if (state != State.OPEN) {
            return;
        }
        heartbeat.onReceived(nowNs);
        boolean wasFull = flight.isFull();
        int code = inbound.read(array, offset, length, nowNs);
        if (state != State.CLOSED) {
            listener.onReadEnd(this);
        }
        if (state == State.OPEN) {
            heartbeat.answer(!stream.isWritable());
            outbox.flush(heartbeat.measure(nowNs));
        }
        outbox.gather(flight.messageBytes());
        if (code != Inbound.GOES_ON) {
            end(code);
        } else if (wasFull && isWritable()) {
            listener.onWritable(this);
        }
    }

    /** The stream takes bytes again. */
    public void onWritable() {
        if (writing) {
            turnedWritable = true;
        } else if (state == State.OPEN) {
            overfullBytes = 0;
            heartbeat.answer(!stream.isWritable());
            listener.onWritable(this);
        }
    }

    /** The stream is closed, by whomever; the listener is told once. */
    public void onStreamClosed() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            listener.onClosed(this);
        }
    }

    /**
     * Looks after liveness: pings, and closes a connection that fell silent.
     *
     * @return nanoseconds until the next call is wanted; {@link Long#MAX_VALUE} if none is
     */
    public long tick(long nowNs) {
        if (state == State.NEW) {
            return Liveness.CHECK_NS;
        }
        if (state != State.OPEN) {
            return Long.MAX_VALUE;
        }
        inbound.trim();
        outbox.trim();
        flight.trim();
        if (!heartbeat.check(nowNs)) {
            end(SILENTLY);
        }
        return state == State.OPEN ? heartbeat.delayNs(nowNs) : Long.MAX_VALUE;
    }

    /** Pings at once; later {@link #tick}s end the connection if no answer comes soon. */
    public void probe(long nowNs) {
        if (state == State.OPEN) {
            heartbeat.probe(nowNs);
        }
    }

    /**
     * Asks the other side to reconnect in {@code afterMs} (where it understands that); {@link
     * #close} then says 1001, going away.
     */
    public void drain(long afterMs) {
        draining = true;
        if (state == State.OPEN && !isBare()) {
            outbox.flush(); // HELLO stands there until the first flush
            controls.drain(afterMs);
        }
    }

    /** The round trip, smoothed; 0 before the first answer to a ping. */
    public long rttNs() {
        return heartbeat.rttNs();
    }

    @Override
    public boolean isWritable() {
        return state == State.OPEN && stream.isWritable() && !flight.isFull();
    }

    @Override
    public byte[] array() {
        return outbox.array();
    }

    @Override
    public int reserve(int maxLength) {
        if (state == State.NEW || maxLength > maxDatagram) {
            throw new IllegalStateException(state + ", " + maxLength + " of " + maxDatagram);
        }
        return outbox.reserve(maxLength);
    }

    @Override
    public void commit(int length) {
        if (length > 0 && (state != State.OPEN || isOverfull())) {
            drops.count(DropReason.SEND_FAILED);
            return;
        }
        outbox.commit(length);
        gathered += Math.min(length, 1);
        flight.onSent(length);
    }

    @Override
    public void flush(long nowNs) {
        if (!isWritable()) {
            flight.onHeldBack();
        }
        outbox.flush(state == State.OPEN ? heartbeat.measure(nowNs) : 0);
    }

    @Override
    public int messageBytes() {
        return Math.min(maxDatagram, flight.messageBytes());
    }

    @Override
    public boolean takesSuperPackets() {
        return takesSuperPackets;
    }

    @Override
    public int maxDatagram() {
        return maxDatagram;
    }

    @Override
    public long roundTripNs() {
        return flight.roundTripNs();
    }

    @Override
    public byte[] source() {
        return settings.source();
    }

    @Override
    public CarrierInfo info() {
        CarrierInfo.State now = state == State.OPEN ? CarrierInfo.State.UP : CarrierInfo.State.DOWN;
        return new CarrierInfo(
                settings.kind(),
                settings.url(),
                settings.remote(),
                now,
                settings.since(),
                stream.congestionControl(),
                1);
    }

    @Override
    public void close() {
        if (state == State.OPEN) {
            outbox.flush();
        }
        boolean greeted = state == State.OPEN;
        if (greeted || state == State.NEW) {
            state = State.CLOSING;
            if (greeted) {
                controls.close(draining ? CloseCode.GOING_AWAY : CloseCode.NORMAL);
            }
            stream.close();
        }
    }

    /** Closes the stream and tells the listener, which does not wait for the stream's own end. */
    private void end(int code) {
        if (code != SILENTLY) {
            outbox.flush();
        }
        if (state != State.OPEN) {
            return;
        }
        state = State.CLOSING;
        if (code != SILENTLY) {
            controls.close(code);
        }
        stream.close();
        onStreamClosed();
    }

    private void writeDatagrams(byte[] array, int offset, int length) {
        int datagrams = gathered;
        gathered = 0;
        if (state != State.OPEN) {
            for (int i = 0; i < datagrams; i++) {
                drops.count(DropReason.SEND_FAILED);
            }
            return;
        }
        overfullBytes = stream.isWritable() ? 0 : overfullBytes + length;
        heartbeat.onSent();
        write(array, offset, length);
    }

    /** Writes; that the stream turned writable meanwhile is told when the array is free again. */
    private void write(byte[] array, int offset, int length) {
        boolean full = !stream.isWritable();
        writing = true;
        stream.write(array, offset, length);
        writing = false;
        boolean turned = turnedWritable && full;
        turnedWritable = false;
        if (turned) {
            onWritable();
        }
    }

    private boolean isOverfull() {
        return overfullBytes > MOST_OVERFULL_BYTES && !stream.isWritable();
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** The other side introduced itself: it takes messages of at most that length. */
    void onPeer(Hello hello) {
        takesSuperPackets = hello.takesSuperPackets() && settings.hello().takesSuperPackets();
        int maxMessageBytes = hello.maxMessageBytes();
        if (outbox instanceof CapsuleOutbox capsules) {
            int most = Math.min(maxMessageBytes, LARGEST_MESSAGE_BYTES);
            capsules.limit(most);
            maxDatagram = most - Capsule.datagramHeader(most);
        }
    }

    private boolean isBare() {
        return settings.protocol() == Protocol.BARE;
    }

    private enum State {
        NEW,
        OPEN,
        CLOSING, // a close frame is out, the stream is being closed
        CLOSED // the listener knows
    }

    /** Which end of the WebSocket this is. */
    public enum Role {
        /** Masks what it sends, wants what it reads unmasked. */
        CLIENT,
        /** Sends unmasked, wants what it reads masked. */
        SERVER
    }

    /** What a binary message holds. */
    public enum Protocol {
        /** A sequence of RFC 9297 capsules. */
        CULVERT_1("culvert.1"),
        /** One datagram. */
        BARE(null);

        private final @Nullable String subprotocol;

        Protocol(@Nullable String subprotocol) {
            this.subprotocol = subprotocol;
        }

        /** The name in {@code Sec-WebSocket-Protocol}; null where none is sent. */
        public @Nullable String subprotocol() {
            return subprotocol;
        }
    }
}
