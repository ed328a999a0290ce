package io.culvert.client.proxy.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.testkit.DnsReplies;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryUdp;
import io.culvert.client.testkit.NoSockets;
import io.culvert.client.testkit.ProxyParts;
import io.culvert.ip.IpAddress;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class UdpAssociationTest {
    private static final String TO_NTP = "0000 00 01 0a090001 007b ";

    private final ProxyParts parts = new ProxyParts();
    private final NoSockets sockets = new NoSockets();

    private EmbeddedDuplex associated() {
        SocksDoor door = new SocksDoor(parts.switchboard, sockets, null);
        EmbeddedDuplex client = new EmbeddedDuplex(door.handler(SocksDoor.VERSION_5));
        client.clientSendsHex("05 01 00 05 03 00 01 00000000 0000");
        assertEquals("0500" + "05000001" + "7f000001" + "0438", client.clientGetsHex());
        return client;
    }

    private void send(String fromIp, int fromPort, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        sockets.last()
                .writeInbound(
                        new DatagramPacket(
                                Unpooled.wrappedBuffer(bytes),
                                EmbeddedDuplex.at("127.0.0.1", 1080),
                                EmbeddedDuplex.at(fromIp, fromPort)));
    }

    private String received() {
        DatagramPacket packet = sockets.last().readOutbound();
        byte[] bytes = new byte[packet.content().readableBytes()];
        packet.content().readBytes(bytes);
        packet.release();
        return packet.recipient().getPort() + " " + HexFormat.of().formatHex(bytes);
    }

    @Test
    void carriesDatagramsBothWays() {
        EmbeddedDuplex client = associated();
        send("127.0.0.1", 5000, TO_NTP + "6869");
        MemoryUdp inside = parts.inside.socket();
        assertEquals("10.9.0.1:123", inside.last().to().toString());
        assertEquals("hi", new String(inside.last().bytes(), StandardCharsets.UTF_8));
        send("127.0.0.1", 5000, "0000 00 04 fd080000000000000000000000000009 0007 00");
        inside.deliver(new InsideAddress(IpAddress.parse("fd08::9"), 7), new byte[] {1, 2});
        parts.loop.run();
        assertEquals("5000 00000004fd080000000000000000000000000009" + "0007" + "0102", received());
        client.clientLeaves();
        assertTrue(inside.isClosed());
        assertFalse(sockets.last().isActive());
        assertEquals(0, parts.table.size());
    }

    @Test
    void resolvesNames() {
        EmbeddedDuplex client = associated();
        send("127.0.0.1", 5000, "0000 00 03 05 682e6f7267 0035 6869");
        parts.loop.run();
        MemoryUdp resolver = parts.inside.socket();
        byte[] reply = DnsReplies.addresses(resolver.last().bytes(), 60, "10.9.0.7");
        resolver.deliver(new InsideAddress(ProxyParts.SERVER, 53), reply);
        parts.loop.run();
        assertEquals("10.9.0.7:53", parts.inside.sockets().getFirst().last().to().toString());
        client.clientLeaves();
    }

    @Test
    void dropsStrangersAndOtherPorts() {
        EmbeddedDuplex client = associated();
        send("127.0.0.2", 5000, TO_NTP + "01");
        send("127.0.0.1", 5000, TO_NTP + "02");
        send("127.0.0.1", 5001, TO_NTP + "03");
        assertEquals(1, parts.inside.socket().sent().size());
        assertEquals(2, parts.garbage.of(Garbage.Kind.STRANGE_SOURCE));
        client.clientLeaves();
    }

    @Test
    void dropsWhatNobodyAskedFor() {
        EmbeddedDuplex client = associated();
        send("127.0.0.1", 5000, TO_NTP + "01");
        MemoryUdp inside = parts.inside.socket();
        IpAddress asked = IpAddress.parse("10.9.0.1");
        inside.deliver(new InsideAddress(asked, 124), new byte[] {1});
        inside.deliver(new InsideAddress(IpAddress.parse("10.9.0.2"), 123), new byte[] {2});
        parts.loop.run();
        assertEquals(2, parts.garbage.of(Garbage.Kind.UNASKED_SOURCE));
        inside.deliver(new InsideAddress(asked, 123), new byte[] {3});
        parts.loop.run();
        assertEquals("5000 00000001" + "0a090001" + "007b" + "03", received());
        client.clientLeaves();
    }

    @Test
    void forgetsWhomItWasLongestAgo() {
        EmbeddedDuplex client = associated();
        for (int port = 1; port <= 4_097; port++) {
            send("127.0.0.1", 5000, "0000 00 01 0a090001 %04x 01".formatted(port));
        }
        MemoryUdp inside = parts.inside.socket();
        IpAddress remote = IpAddress.parse("10.9.0.1");
        inside.deliver(new InsideAddress(remote, 1), new byte[] {1});
        parts.loop.run();
        assertEquals(1, parts.garbage.of(Garbage.Kind.UNASKED_SOURCE));
        inside.deliver(new InsideAddress(remote, 2), new byte[] {2});
        parts.loop.run();
        assertEquals("5000 00000001" + "0a090001" + "0002" + "02", received());
        client.clientLeaves();
    }

    @Test
    void dropsFragmentsAndBrokenHeaders() {
        EmbeddedDuplex client = associated();
        String[] broken = {
            "",
            "0000",
            "0000 00",
            "0000 00 01",
            "0000 01 01 0a090001 007b 01",
            "0000 00 02 0a090001 007b 01",
            "0000 00 01 0a0900",
            "0000 00 03 ff 61",
            "0000 00 01 0a090001 0000 01",
            "0000 00 03 01 20 0050 01"
        };
        for (String hex : broken) {
            send("127.0.0.1", 5000, hex);
        }
        assertEquals(0, parts.inside.socket().sent().size());
        assertEquals(broken.length, parts.garbage.of(Garbage.Kind.BAD_SOCKS_DATAGRAM));
        client.clientLeaves();
    }

    @Test
    void boundsWhatWaitsForNames() {
        EmbeddedDuplex client = associated();
        for (int i = 0; i < 40; i++) {
            send("127.0.0.1", 5000, "0000 00 03 05 682e6f7267 0035 6869");
        }
        assertEquals(24, parts.garbage.of(Garbage.Kind.NO_ROOM));
        client.clientLeaves();
    }

    @Test
    void endsWithTheConnectionOrWhenQuiet() {
        EmbeddedDuplex first = associated();
        first.clientEnds();
        assertFalse(first.isActive());
        EmbeddedDuplex second = associated();
        for (int minutes = 0; minutes < 10; minutes++) {
            parts.loop.advance(TimeUnit.MINUTES.toNanos(1));
        }
        assertFalse(second.isActive());
        assertTrue(parts.inside.socket().isClosed());
    }

    @Test
    void refusesWhenThereIsNoRoomInside() {
        parts.inside.udpRoom = 0;
        SocksDoor door = new SocksDoor(parts.switchboard, sockets, null);
        EmbeddedDuplex client = new EmbeddedDuplex(door.handler(SocksDoor.VERSION_5));
        client.clientSendsHex("05 01 00 05 03 00 01 00000000 0000");
        assertEquals("050005010001000000000000", client.clientGetsHex());
        assertFalse(client.isActive());
        assertEquals(0, parts.table.size());
    }
}
