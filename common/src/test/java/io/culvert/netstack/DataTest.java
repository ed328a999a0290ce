package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Packet;
import io.culvert.ip.TcpHeader;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Data both ways, windows, acknowledgments, and what keeps a silent connection. */
final class DataTest {
    private final Script script = new Script();

    /** Uses up the acknowledgments that are quick at the start. */
    private int quick() {
        for (int i = 0; i < 16; i++) {
            int at = 1 + 10 * i;
            script.inject("P. " + at + "+10 ack 1").expect(". 1 ack " + (at + 10)).read(10);
        }
        script.told.clear();
        return 161;
    }

    @Test
    void acknowledgesAtOnceAtTheStart() {
        script.open();
        assertEquals(161, quick());
    }

    @Test
    void delaysTheAcknowledgmentOfOneSegment() {
        script.open();
        quick();
        script.inject("P. 161+10 ack 1").quiet(40);
        script.expect(". 1 ack 171");
    }

    @Test
    void acknowledgesEverySecondFullSegment() {
        script.open();
        quick();
        script.inject(". 161+1000 ack 1").expectNothing();
        script.inject(". 1161+1000 ack 1").expect(". 1 ack 2161").expectNothing();
    }

    @Test
    void acknowledgesWithData() {
        script.open();
        quick();
        script.inject("P. 161+10 ack 1").write(5).expect("P. 1+5 ack 171").quiet(100);
    }

    @Test
    void acknowledgesASuperPacketAtOnce() {
        script.open();
        quick();
        script.inject(". 161+30000 ack 1").expect(". 1 ack 30161").told("readable 30000");
    }

    @Test
    void sendsWhatIsWrittenAtOnce() { // no Nagle
        script.open().write(10).expect("P. 1+10 ack 1").write(20).expect("P. 11+20 ack 1");
    }

    @Test
    void sendsTenSegmentsFirst() {
        script.open().write(20_000);
        for (int i = 0; i < 10; i++) {
            script.expect(". " + (1 + 1000 * i) + "+1000 ack 1");
        }
        script.expectNothing().inject(". 1 ack 2001");
        for (int i = 0; i < 4; i++) { // slow start: two new ones for each that arrived
            script.expect(". " + (10_001 + 1000 * i) + "+1000 ack 1");
        }
        script.expectNothing();
    }

    @Test
    void superPacketsAreCutToSegments() {
        Script fast = new Script(TcpTimings.defaults(), true);
        fast.open().write(20_000).expect(". 1+2000 ack 1 <gso 1000>");
        fast.expect(". 2001+2000 ack 1 <gso 1000>").write(0);
    }

    @Test
    void windowOfTheOtherSideIsKept() {
        script.connect().expect("S 0").inject("S. 0 ack 1 win 2500 <mss 1000,sackOK>");
        script.expect(". 1 ack 1").write(5000).expect(". 1+1000").expect(". 1001+1000");
        // half of the largest window is no silly piece; less is
        script.expectNothing().inject(". 1 ack 2001 win 500").expectNothing();
        script.inject(". 1 ack 2001 win 1250").expect(". 2001+1000").expectNothing();
    }

    @Test
    void scaledWindowIsUsed() {
        script.open("mss 1000,sackOK,wscale 3").inject(". 1 ack 1 win 125").write(4000);
        script.expect(". 1+1000").expectNothing();
    }

    @Test
    void probesAClosedWindow() {
        script.open().inject(". 1 ack 1 win 0").write(100).expectNothing().quiet(209);
        script.after(2).expect(". 0 ack 1").quiet(418);
        script.after(3).expect(". 0 ack 1").inject(". 1 ack 1 win 0").quiet(837);
        script.after(4).expect(". 0 ack 1").inject(". 1 ack 1 win 1000").expect("P. 1+100");
    }

    @Test
    void givesUpProbingWhenNobodyAnswers() {
        script.open().inject(". 1 ack 1 win 0").write(100).expectNothing();
        for (int i = 0; i < 400 && script.told.isEmpty(); i++) {
            script.after(1000);
            script.take();
        }
        script.told("closed TIMED_OUT").assertOver();
    }

    @Test
    void sendsASmallPieceAfterAWhile() {
        script.open().inject(". 1 ack 1 win 10").write(100).expectNothing().quiet(209);
        script.after(2).expect(". 1+10");
    }

    @Test
    void ownWindowClosesAndOpens() {
        script.open();
        int at = 1;
        while (at + 2000 < 65_000) {
            script.inject(". " + at + "+2000 ack 1").expect(". 1 ack " + (at + 2000));
            at += 2000;
        }
        script.inject(". " + at + "+2000 ack 1").expect(". 1 ack 65536 win 0");
        script.inject(". 65536+1 ack 1").expect(". 1 ack 65536 win 0"); // a probe
        script.read(500).expectNothing();
        script.read(20_000).expect(". 1 ack 65536 win 20500").expectNothing();
    }

    @Test
    void windowGrowsWithTheRate() {
        script.open("mss 1000,sackOK,wscale 7,ts");
        long at = 1;
        for (int i = 0; i < 300; i++) {
            script.after(1);
            script.inject(". " + at + "+30000 ack 1 <ts 2 " + script.clock(-10) + ">");
            at += 30_000;
            script.expect(". 1 ack " + at).read(30_000);
            script.take();
        }
        script.inject(". " + at + "+3000 ack 1 <ts 2 " + script.clock(-10) + ">");
        Packet packet =
                assertInstanceOf(Packet.class, script.stack.poll(script.pool, script.nowNs));
        int window = TcpHeader.window(packet.array(), packet.offset() + 20) << 7;
        packet.release();
        assertTrue(window > 400_000 && window < 8 << 20, "window " + window);
    }

    @Test
    void readsInPlace() {
        script.open().inject("P. 1+9000 ack 1").expect(". 1 ack 9001");
        ByteBuffer view = script.flow().view();
        assertEquals(8192, view.remaining());
        script.flow().consume(8192);
        assertEquals(808, script.flow().view().remaining());
        script.flow().consume(808);
        assertEquals(0, script.flow().view().remaining());
        assertEquals(0, script.stack.status().bufferBytes());
    }

    @Test
    void writesInPlaceAndHearsOfRoom() {
        script.open();
        int total = 0;
        ByteBuffer space = script.flow().space();
        while (space.hasRemaining()) {
            total += space.remaining();
            script.flow().wrote(space.remaining());
            space = script.flow().space();
        }
        assertEquals(65_536, total);
        for (int i = 0; i < 10; i++) {
            script.expect(". " + (1 + 1000 * i) + "+1000");
        }
        script.told().inject(". 1 ack 10001").told();
        for (int i = 10; i < 30; i++) {
            script.expect(". " + (1 + 1000 * i) + "+1000");
        }
        script.inject(". 1 ack 30001").told("writable");
    }

    @Test
    void idleFlowHoldsNoBuffer() {
        script.open().write(100).expect("P. 1+100").inject(". 1 ack 101");
        assertEquals(0, script.stack.status().bufferBytes());
        assertEquals(0, script.stack.context().sents.inUse());
    }

    @Test
    void keepaliveProbesAndGivesUp() {
        script.open().flow().setKeepalive(10_000 * Script.MS, 1000 * Script.MS, 3);
        script.quiet(9_999).after(1).expect(". 0 ack 1").inject(". 1 ack 1").quiet(9_999);
        script.after(1).expect(". 0 ack 1").quiet(999);
        script.after(1).expect(". 0 ack 1").quiet(999);
        script.after(1).expect(". 0 ack 1").quiet(999);
        script.after(1).told("closed TIMED_OUT").assertOver();
    }

    @Test
    void urgentDataIsData() {
        script.open().inject("P. 1+10 ack 1").told("readable 10");
    }
}
