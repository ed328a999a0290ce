package io.culvert.client.proxy.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.testkit.DnsReplies;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryFlow;
import io.culvert.client.testkit.MemoryUdp;
import io.culvert.client.testkit.ProxyParts;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class DnsRelayTest {
    private final ProxyParts parts = new ProxyParts();
    private final DnsRelay relay = new DnsRelay(parts.servers, parts.loop::nowNs, parts.garbage);
    private final List<byte[]> replies = new ArrayList<>();

    private static byte[] query(int id) {
        byte[] query = new DnsCodec().query("a.example", false);
        DnsLayout.setId(query, id);
        return query;
    }

    private void ask(byte[] query) {
        relay.answer(query, false, replies::add);
        parts.loop.run();
    }

    @Test
    void passesTheQueryOnAndTheResponseBack() {
        ask(query(77));
        MemoryUdp asked = parts.question(false);
        byte[] sent = asked.last().bytes();
        assertEquals(
                HexFormat.of().formatHex(query(0), 2, 27), HexFormat.of().formatHex(sent, 2, 27));
        parts.answer(60, "10.9.0.1");
        byte[] expected = DnsReplies.addresses(query(77), 60, "10.9.0.1");
        assertEquals(HexFormat.of().formatHex(expected), hex(replies.getLast()));
    }

    @Test
    void shortensLifetimesOfWhatItKnows() {
        ask(query(77));
        parts.answer(60, "10.9.0.1");
        parts.loop.advance(TimeUnit.SECONDS.toNanos(20));
        ask(query(78));
        assertEquals(1, parts.inside.sockets().size());
        assertEquals(hex(DnsReplies.addresses(query(78), 40, "10.9.0.1")), hex(replies.getLast()));
        parts.loop.advance(TimeUnit.SECONDS.toNanos(40));
        ask(query(79));
        assertEquals(2, parts.inside.sockets().size());
    }

    @Test
    void keepsNeitherFailuresNorTruncatedResponses() {
        ask(query(1));
        byte[] sent = parts.question(false).last().bytes();
        parts.answer(parts.question(false), DnsReplies.to(sent).truncated().bytes());
        assertEquals(1, replies.size());
        ask(query(2));
        assertEquals(2, parts.inside.sockets().size());
    }

    @Test
    void saysThatTheServersFail() {
        ask(query(5));
        parts.loop.advance(TimeUnit.SECONDS.toNanos(2));
        parts.loop.advance(TimeUnit.SECONDS.toNanos(4));
        assertEquals(
                "0005818200010000000000000161076578616d706c650000010001", hex(replies.getLast()));
    }

    @Test
    void dropsWhatIsNoQuery() {
        byte[] response = DnsReplies.addresses(query(1), 60, "10.9.0.1");
        byte[] two = query(1);
        two[5] = 2;
        byte[] update = query(1);
        update[2] |= 0x28;
        byte[] cut = Arrays.copyOf(query(1), 20);
        List.of(response, two, update, cut, new byte[0]).forEach(this::ask);
        assertEquals(List.of(), replies);
        assertEquals(5, parts.garbage.of(Garbage.Kind.BAD_DNS_QUERY));
        assertEquals(0, parts.inside.sockets().size());
    }

    @Test
    void answersDatagramsToTheirSender() {
        EmbeddedChannel socket = new EmbeddedChannel(new DnsDoor(relay, parts.loop).datagrams());
        var from = EmbeddedDuplex.at("127.0.0.1", 5_000);
        var here = EmbeddedDuplex.at("127.0.0.1", 53);
        socket.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(query(9)), here, from));
        parts.loop.run();
        parts.answer(60, "10.9.0.1");
        DatagramPacket reply = socket.readOutbound();
        assertEquals(from, reply.recipient());
        assertEquals(9, reply.content().getUnsignedShort(0));
        reply.release();
    }

    @Test
    void answersOverTcpByTcp() {
        EmbeddedDuplex client = new EmbeddedDuplex();
        new DnsDoor(relay, parts.loop).open(client);
        String framed = "001b" + hex(query(9));
        client.clientSendsHex(framed.substring(0, 8));
        client.clientSendsHex(framed.substring(8));
        MemoryFlow flow = parts.accepted();
        byte[] asked = flow.sent();
        byte[] reply =
                DnsReplies.addresses(Arrays.copyOfRange(asked, 2, asked.length), 60, "10.9.0.1");
        flow.peerSends(new byte[] {0, (byte) reply.length});
        flow.peerSends(reply);
        parts.loop.run();
        String expected = hex(DnsReplies.addresses(query(9), 60, "10.9.0.1"));
        assertEquals("002b" + expected, client.clientGetsHex());
        assertTrue(client.config().isAutoRead());
        client.clientSendsHex(framed);
        client.clientEnds();
        parts.loop.run();
        assertEquals("002b" + expected, client.clientGetsHex());
        assertFalse(client.isActive());
    }

    @Test
    void closesATcpConnectionThatAsksNothing() {
        EmbeddedDuplex client = new EmbeddedDuplex();
        new DnsDoor(relay, parts.loop).open(client);
        parts.loop.advance(TimeUnit.SECONDS.toNanos(30));
        assertFalse(client.isActive());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
