package io.culvert.carrier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketCarrier.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client and a server joined back to back, from a printed seed. */
final class JoinedCarriersTest {
    private final long seed = Long.getLong("culvert.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private Rig client = Rig.startedClient();
    private Rig server = client;

    private void join(Protocol protocol) {
        System.out.println("seed " + seed + " " + protocol);
        int limit = 1500 + random.nextInt(14_850);
        client = new Rig(Rig.settings(Role.CLIENT, protocol, limit), seed);
        server = new Rig(Rig.settings(Role.SERVER, protocol, limit), seed + 1);
        client.carrier.start(0);
        server.carrier.start(0);
        move(client, server);
        move(server, client);
    }

    /** Moves what was written, in chunks of random sizes that stand anywhere in a larger array. */
    private void move(Rig from, Rig to) {
        byte[] bytes = from.pipe.take();
        int at = 0;
        while (at < bytes.length) {
            int most = random.nextBoolean() ? 9 : 40_000;
            int length = Math.min(bytes.length - at, 1 + random.nextInt(most));
            byte[] chunk = new byte[length + 20];
            int offset = random.nextInt(20);
            System.arraycopy(bytes, at, chunk, offset, length);
            to.carrier.receive(chunk, offset, length, to.nowNs);
            at += length;
        }
    }

    private byte[] datagram(int most) {
        int length =
                switch (random.nextInt(4)) {
                    case 0 -> 1 + random.nextInt(140);
                    case 1 -> 1452;
                    case 2 -> 1 + random.nextInt(most);
                    default -> 1 + random.nextInt(2000);
                };
        byte[] bytes = new byte[Math.min(length, most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void batch(Rig from, List<byte[]> sent) {
        for (int i = random.nextInt(30); i >= 0; i--) {
            byte[] datagram = datagram(from.carrier.maxDatagram());
            int slack = random.nextInt(from.carrier.maxDatagram() - datagram.length + 1);
            int offset = from.carrier.reserve(datagram.length + slack);
            System.arraycopy(datagram, 0, from.carrier.array(), offset, datagram.length);
            if (random.nextInt(8) == 0) {
                from.carrier.commit(0);
                continue;
            }
            from.carrier.commit(datagram.length);
            sent.add(datagram);
        }
        from.carrier.flush(0);
    }

    private static void assertSame(List<byte[]> sent, List<byte[]> got) {
        assertEquals(sent.size(), got.size());
        for (int i = 0; i < sent.size(); i++) {
            assertArrayEquals(sent.get(i), got.get(i), "datagram " + i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyDatagramArrivesOnceAndInOrder(Protocol protocol) {
        join(protocol);
        List<byte[]> up = new ArrayList<>();
        List<byte[]> down = new ArrayList<>();
        for (int round = 0; round < 120; round++) {
            batch(client, up);
            batch(server, down);
            move(client, server);
            move(server, client);
        }
        assertSame(up, server.recorder.datagrams);
        assertSame(down, client.recorder.datagrams);
        assertEquals(Map.of(), client.dropped());
        assertEquals(Map.of(), server.dropped());
    }

    @Test
    void bothSidesIntroduceThemselvesOnce() {
        join(Protocol.CULVERT_1);
        String hello = "hello " + Rig.HELLO;
        assertEquals(List.of("open", "writable", hello), client.recorder.take());
        assertEquals(List.of("open", "writable", hello), server.recorder.take());
    }

    @Test
    void firstMessageHoldsHelloAndWhatIsSentOnOpen() {
        Recorder eager =
                new Recorder() {
                    @Override
                    public void onOpen(Carrier carrier) {
                        int offset = carrier.reserve(3);
                        carrier.array()[offset] = 42;
                        carrier.commit(1);
                        carrier.flush(0);
                    }
                };
        WebSocketSettings settings = Rig.settings(Role.CLIENT, Protocol.CULVERT_1, 16_350);
        Pipe pipe = new Pipe();
        WebSocketCarrier carrier =
                new WebSocketCarrier(settings, pipe, eager, client.drops, random);
        carrier.start(0);
        assertEquals(1, pipe.writes);
        server = Rig.of(Role.SERVER, Protocol.CULVERT_1);
        server.start();
        server.receive(pipe.take());
        assertEquals(List.of("hello " + Rig.HELLO, "datagram 2a"), server.recorder.take());
    }

    @ParameterizedTest
    @EnumSource
    void idleAndBusyConnectionsLiveForHours(Protocol protocol) {
        join(protocol);
        List<byte[]> sent = new ArrayList<>();
        long endNs = 6 * 3600 * Liveness.SECOND_NS;
        long nowNs = 0;
        while (nowNs < endNs) {
            client.nowNs = nowNs;
            server.nowNs = nowNs;
            if (nowNs / (600 * Liveness.SECOND_NS) % 2 == 1) {
                batchOfOne(sent);
            }
            long delayNs = client.carrier.tick(nowNs);
            delayNs = Math.min(delayNs, server.carrier.tick(nowNs));
            move(client, server);
            move(server, client);
            move(client, server);
            nowNs += delayNs;
        }
        assertSame(sent, server.recorder.datagrams);
        assertTrue(client.carrier.rttNs() > 0, "round trip measured");
        assertTrue(client.carrier.isWritable() && server.carrier.isWritable());
        assertEquals(Map.of(), client.dropped());
    }

    private void batchOfOne(List<byte[]> sent) {
        byte[] datagram = datagram(200);
        client.send(datagram);
        client.carrier.flush(0);
        sent.add(datagram);
    }

    @ParameterizedTest
    @EnumSource
    void closeIsAnsweredAndBothListenersAreTold(Protocol protocol) {
        join(protocol);
        client.recorder.take();
        server.recorder.take();
        client.carrier.close();
        move(client, server);
        assertEquals(List.of("closed"), server.recorder.take());
        assertTrue(server.pipe.closed);
        move(server, client);
        client.carrier.onStreamClosed();
        assertEquals(List.of("closed"), client.recorder.take());
        assertEquals(Map.of(), server.dropped());
    }

    @Test
    void masksEveryFrameWithAKeyOfItsOwn() {
        join(Protocol.BARE);
        client.send(new byte[100]);
        client.send(new byte[100]);
        client.carrier.flush(0);
        byte[] bytes = client.pipe.take();
        assertTrue(keyAt(bytes, 2) != keyAt(bytes, 106 + 2));
    }

    private static int keyAt(byte[] bytes, int offset) {
        return io.culvert.bytes.BigEndian.getInt(bytes, offset);
    }
}
