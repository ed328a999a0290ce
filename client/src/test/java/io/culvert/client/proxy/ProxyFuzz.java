package io.culvert.client.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.dns.DnsRelay;
import io.culvert.client.proxy.forward.Forward;
import io.culvert.client.proxy.forward.Forward.Side;
import io.culvert.client.proxy.http.HttpDoor;
import io.culvert.client.proxy.socks.SocksDoor;
import io.culvert.client.testkit.DnsReplies;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.Http;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryFlow;
import io.culvert.client.testkit.MemoryUdp;
import io.culvert.client.testkit.NoSockets;
import io.culvert.client.testkit.ProxyParts;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bent and broken input to every parser of the proxy front: no exception, nothing left behind. */
@ExtendWith(LeakWatch.class)
class ProxyFuzz {
    private static final long SEED = Long.getLong("culvert.seed", System.nanoTime());
    private static final int ROUNDS = 3_000;

    private final SplittableRandom random = new SplittableRandom(SEED);

    ProxyFuzz() {
        System.out.println("ProxyFuzz: -Dculvert.seed=" + SEED);
    }

    private byte[] bent(byte[] good) {
        int length = random.nextInt(3) == 0 ? random.nextInt(good.length + 9) : good.length;
        byte[] bytes = Arrays.copyOf(good, length);
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private void feed(EmbeddedDuplex client, byte[] bytes) {
        int at = 0;
        while (at < bytes.length && client.isActive()) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(40));
            client.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
            client.runPendingTasks();
            at += length;
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void socksClients() {
        List<byte[]> seeds =
                List.of(
                        hex("050100" + "050100010a0900010050" + "6869"),
                        hex("050102" + "01016101620" + "50100030468656c6f0050"),
                        hex("050100" + "0503000100000000" + "0000"),
                        hex("040100500a0900016d6500"),
                        hex("0401005000000001006100"));
        ProxyParts parts = new ProxyParts();
        SocksDoor door = new SocksDoor(parts.switchboard, new NoSockets(), null);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = bent(seeds.get(random.nextInt(seeds.size())));
            EmbeddedDuplex client = new EmbeddedDuplex(door.handler(random.nextBoolean() ? 4 : 5));
            feed(client, bytes);
            client.checkException();
            client.clientGetsHex();
            client.clientLeaves();
            parts.loop.run();
        }
        assertEquals(0, parts.table.size());
        assertEquals(0, parts.inside.flows().stream().filter(f -> !f.isAborted()).count());
        assertEquals(0, parts.inside.sockets().stream().filter(s -> !s.isClosed()).count());
    }

    @Test
    void httpClients() {
        List<byte[]> seeds =
                List.of(
                        text(
                                "GET http://10.9.0.1/a?b HTTP/1.1\r\nHost: h\r\nConnection: x\r\n\r\n"),
                        text("CONNECT 10.9.0.1:443 HTTP/1.1\r\nHost: h\r\n\r\nrest"),
                        text(
                                Http.joined(
                                        "POST http://10.9.0.1/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                                        "3\r\nabc\r\n0\r\nT: v\r\n\r\n")),
                        text(
                                Http.joined(
                                        "PUT http://10.9.0.1/ HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
                                        "GET /health HTTP/1.1\r\n\r\n")));
        ProxyParts parts = new ProxyParts();
        HttpDoor door = new HttpDoor(parts.switchboard, null, ProxyParts.HEALTHY);
        for (int i = 0; i < ROUNDS; i++) {
            EmbeddedDuplex client = new EmbeddedDuplex();
            door.open(client.pipeline());
            feed(client, bent(seeds.get(random.nextInt(seeds.size()))));
            parts.loop.run();
            client.checkException();
            client.clientGetsHex();
            client.clientLeaves();
            parts.loop.run();
        }
        assertEquals(0, parts.table.size());
        assertEquals(0, parts.inside.flows().stream().filter(f -> !f.isAborted()).count());
    }

    @Test
    void httpOrigins() {
        List<byte[]> seeds =
                List.of(
                        text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
                        text(
                                Http.joined(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                        "4\r\nwxyz\r\n0\r\n\r\n")),
                        text("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nbody"),
                        text("HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nz"),
                        text("HTTP/1.1 204 No\r\nConnection: close, a\r\nA: b\r\n\r\n"));
        ProxyParts parts = new ProxyParts();
        HttpDoor door = new HttpDoor(parts.switchboard, null, ProxyParts.HEALTHY);
        for (int i = 0; i < ROUNDS; i++) {
            EmbeddedDuplex client = new EmbeddedDuplex();
            door.open(client.pipeline());
            String upgrade = random.nextBoolean() ? "Connection: upgrade\r\nUpgrade: x\r\n" : "";
            client.clientSends("GET http://10.9.0.1/ HTTP/1.1\r\n" + upgrade + "\r\n");
            MemoryFlow flow = parts.accepted();
            flow.peerSends(bent(seeds.get(random.nextInt(seeds.size()))));
            if (random.nextBoolean()) {
                flow.peerEnds();
            }
            parts.loop.run();
            client.checkException();
            client.clientGetsHex();
            client.clientLeaves();
            parts.loop.run();
            assertTrue(flow.isAborted() || flow.isClosed());
        }
        assertEquals(0, parts.table.size());
    }

    @Test
    void dnsResponses() {
        ProxyParts parts = new ProxyParts();
        int[] answered = new int[1];
        for (int i = 0; i < ROUNDS; i++) {
            parts.resolver.lookup("host" + i + ".example", false, _ -> answered[0]++);
            MemoryUdp question = parts.question(false);
            byte[] query = question.last().bytes();
            byte[] good =
                    DnsReplies.to(query)
                            .alias("", 60, "b.example")
                            .address("b.example", 60, "10.9.0.1")
                            .nothing(1, 1)
                            .bytes();
            byte[] bytes = bent(good);
            System.arraycopy(good, 0, bytes, 0, Math.min(bytes.length, 4));
            parts.answer(question, bytes);
            parts.resolver.close();
        }
        assertTrue(answered[0] > 0);
        assertEquals(0, parts.servers.underWay());
    }

    @Test
    void dnsRelay() {
        ProxyParts parts = new ProxyParts();
        DnsRelay relay = new DnsRelay(parts.servers, parts.loop::nowNs, parts.garbage);
        byte[] good = hex("0001010000010000000000000161076578616d706c650000010001");
        for (int i = 0; i < ROUNDS; i++) {
            int before = parts.inside.sockets().size();
            relay.answer(bent(good), false, reply -> assertTrue(reply.length >= 12));
            parts.loop.run();
            if (parts.inside.sockets().size() > before) {
                MemoryUdp socket = parts.inside.socket();
                byte[] reply = DnsReplies.addresses(socket.last().bytes(), 60, "10.9.0.1");
                parts.answer(socket, bent(reply));
            }
            parts.servers.close();
        }
        assertEquals(0, parts.servers.underWay());
    }

    @Test
    void forwards() {
        List<String> seeds =
                List.of(
                        "[::1]:8080:[fd08::1]:80/udp",
                        "8080:a.example:80",
                        "/run/x:h:80",
                        "*:1:h:2");
        for (int i = 0; i < ROUNDS; i++) {
            String seed = seeds.get(random.nextInt(seeds.size()));
            String text = new String(bent(text(seed)), StandardCharsets.ISO_8859_1);
            for (Side side : Side.values()) {
                try {
                    Forward.parse(side, text);
                } catch (IllegalArgumentException e) {
                    String line = String.valueOf(e.getMessage());
                    assertTrue(line.startsWith(side.option() + " "), line);
                    assertFalse(line.isEmpty());
                }
            }
        }
    }
}
