package io.culvert.carrier;

import io.culvert.bytes.Hex;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketCarrier.Role;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** A carrier under test with a stream, a listener, drop counters and a clock of its own. */
final class Rig {
    static final UUID INSTANCE = new UUID(0x0011223344556677L, 0x8899aabbccddeeffL);
    static final Hello HELLO = new Hello(1, INSTANCE, 0, WebSocketCarrier.LARGEST_MESSAGE_BYTES);

    /** The HELLO capsule of {@link #HELLO} in a server's frame. */
    static final String HELLO_FRAME =
            "8219 6f01 16 01 00112233445566778899aabbccddeeff 00 80010400".replace(" ", "");

    final Pipe pipe = new Pipe();
    final Recorder recorder = new Recorder();
    final Drops drops = new Drops();
    final WebSocketCarrier carrier;
    long nowNs;

    Rig(WebSocketSettings settings, long seed) {
        this.carrier = new WebSocketCarrier(settings, pipe, recorder, drops, new Random(seed));
    }

    static Rig of(Role role, Protocol protocol) {
        return new Rig(settings(role, protocol, WebSocketSettings.DEFAULT_MESSAGE_BYTES), 1);
    }

    /** A client that started and whose greeting was taken off the stream. */
    static Rig startedClient() {
        Rig rig = of(Role.CLIENT, Protocol.CULVERT_1);
        rig.start();
        return rig;
    }

    /** A bare client that started. */
    static Rig startedBareClient() {
        Rig rig = of(Role.CLIENT, Protocol.BARE);
        rig.start();
        return rig;
    }

    /** A client that started and got the other side's HELLO. */
    static Rig greetedClient() {
        Rig rig = startedClient();
        rig.receive(HELLO_FRAME);
        rig.recorder.take();
        return rig;
    }

    static WebSocketSettings settings(Role role, Protocol protocol, int maxMessageBytes) {
        return settings(role, protocol, maxMessageBytes, HELLO);
    }

    static WebSocketSettings settings(
            Role role, Protocol protocol, int maxMessageBytes, Hello hello) {
        byte[] source = {127, 0, 0, 1, 1, (byte) 0xbb};
        Instant since = Instant.EPOCH;
        String remote = "127.0.0.1:443";
        return new WebSocketSettings(
                role, protocol, hello, maxMessageBytes, "wss", null, remote, source, since);
    }

    void start() {
        carrier.start(nowNs);
        pipe.take();
        pipe.writes = 0;
        recorder.take();
    }

    void receive(String hex) {
        receive(Hex.decode(hex));
    }

    void receive(byte[] bytes) {
        carrier.receive(bytes, 0, bytes.length, nowNs);
    }

    void send(byte[] datagram) {
        int offset = carrier.reserve(datagram.length);
        System.arraycopy(datagram, 0, carrier.array(), offset, datagram.length);
        carrier.commit(datagram.length);
    }

    String written() {
        return Hex.encode(pipe.take());
    }

    Map<DropReason, Long> dropped() {
        return drops.snapshot();
    }
}
