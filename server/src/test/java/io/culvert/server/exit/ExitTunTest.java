package io.culvert.server.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.Ipv4Header;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.StackLimits;
import io.culvert.netstack.TcpArrivals;
import io.culvert.netstack.TcpRequest;
import io.culvert.stats.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From one peer to another, past the stack. */
final class ExitTunTest {
    private static final int HOPS = 8;
    private static final Endpoint AT_OTHER = new Endpoint(ExitScene.OTHER, 80);

    private final PacketPool pool = new PacketPool();

    private static ExitScene scene(boolean arePeersLinked) {
        return new ExitScene(new ExitLimits(5, 20, 0, 100), StackLimits.defaults(), arePeersLinked);
    }

    private Packet packetToOther(ExitScene scene) {
        var _ = new PeerFlow(scene.peer, AT_OTHER);
        Packet packet = scene.peer.poll(pool, scene.nowNs);
        assertNotNull(packet);
        return packet;
    }

    @Test
    void peersReachEachOther() {
        ExitScene scene = scene(true);
        List<TcpRequest> came = new ArrayList<>();
        scene.other.listen(
                AT_OTHER,
                new TcpArrivals() {
                    @Override
                    public void onTcp(TcpRequest request) {
                        came.add(request);
                        request.reset();
                    }

                    @Override
                    public void onTcpCancelled(TcpRequest request) {}
                });
        PeerFlow flow = new PeerFlow(scene.peer, AT_OTHER);
        scene.run();
        assertEquals(ExitScene.PEER, came.getFirst().remote().address());
        assertEquals(End.REFUSED, flow.end);
        assertTrue(scene.sockets.opened.isEmpty());
    }

    @Test
    void hopIsCountedAndTheChecksumStaysRight() {
        ExitScene scene = scene(true);
        Packet sent = packetToOther(scene);
        int hops = sent.array()[sent.offset() + HOPS];
        scene.write(sent.array(), sent.offset(), sent.length());
        Packet turned = scene.read();
        assertNotNull(turned);
        assertEquals(hops - 1, turned.array()[turned.offset() + HOPS]);
        assertTrue(Ipv4Header.isChecksumValid(turned.array(), turned.offset()));
        assertEquals(sent.length(), turned.length());
    }

    @Test
    void packetWhoseTimeIsOverIsDropped() {
        ExitScene scene = scene(true);
        Packet sent = packetToOther(scene);
        sent.array()[sent.offset() + HOPS] = 1;
        Ipv4Header.fixChecksum(sent.array(), sent.offset());
        scene.write(sent.array(), sent.offset(), sent.length());
        assertNull(scene.read());
        assertEquals(1, scene.drops.of(DropReason.NO_ROUTE));
    }

    @Test
    void peersThatMayNotAreTold() {
        ExitScene scene = scene(false);
        PeerFlow flow = new PeerFlow(scene.peer, AT_OTHER);
        scene.run();
        assertEquals(End.PROHIBITED, flow.end);
        assertEquals(1, scene.drops.of(DropReason.EGRESS_DENIED));
    }

    @Test
    void queueIsBounded() {
        ExitScene scene = scene(true);
        Packet sent = packetToOther(scene);
        for (int i = 0; i < 200_000; i++) {
            scene.write(sent.array(), sent.offset(), sent.length());
        }
        int read = 0;
        for (Packet packet = scene.read(); packet != null; packet = scene.read()) {
            packet.release();
            read++;
        }
        assertTrue(read < 200_000 && read > 1000, "read " + read);
        assertEquals(200_000 - read, scene.drops.of(DropReason.QUEUE_OVERFLOW));
    }

    @Test
    void readerIsToldOnATurnOfItsOwn() {
        ExitScene scene = scene(true);
        List<Boolean> told = new ArrayList<>();
        EventLoop.Registration bond =
                scene.tun.watch(scene.loop, (readable, writable) -> told.add(readable));
        int timers = scene.loop.timers.size();
        Packet sent = packetToOther(scene);
        scene.write(sent.array(), sent.offset(), sent.length());
        assertTrue(told.isEmpty());
        scene.loop.timers.get(timers - 1).action.run();
        assertEquals(List.of(true), told);
        bond.interest(false, false);
        scene.loop.timers.get(timers - 1).action.run();
        assertEquals(1, told.size());
        bond.cancel();
        scene.tun.close();
        assertFalse(told.isEmpty());
    }
}
