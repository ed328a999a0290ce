package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.bytes.BigEndian;
import org.junit.jupiter.api.Test;

/** What routers say about the path, believed as far as it is plausible (RFC 5927). */
final class PathMtuTest {
    private static final int UNREACHABLE = 3;
    private static final int TOO_BIG = 4;

    private final Script script = new Script();
    private int initial;

    private void open() {
        script.open("mss 1460,sackOK").write(4000);
        script.expect(". 1+1460").expect(". 1461+1460").expect("P. 2921+1080");
        initial = script.flow().sender().initial();
    }

    /** A router's error that quotes a segment of ours. */
    private void error(int code, int rest, int sequence) {
        FlowKey ours =
                new FlowKey(
                        new Endpoint(Script.LOCAL, script.localPort),
                        new Endpoint(Script.REMOTE, script.remotePort));
        byte[] quoted = new byte[28];
        IpWriter.put(quoted, 0, ours, 6, 1480);
        BigEndian.putShort(quoted, 20, script.localPort);
        BigEndian.putShort(quoted, 22, script.remotePort);
        BigEndian.putInt(quoted, 24, sequence);
        FlowKey ends = Raw.ends(Script.REMOTE, Script.LOCAL);
        byte[] packet = Raw.packet(ends, 1, Raw.icmp(UNREACHABLE, code, rest, quoted));
        script.stack.receive(packet, Raw.AT, packet.length - Raw.AT, script.nowNs);
    }

    @Test
    void sendsAgainInSmallerSegments() {
        open();
        error(TOO_BIG, 1000, initial + 1);
        script.expect(". 1+960").expect(". 961+960").expect(". 1921+960").expect(". 2881+960");
        script.expect("P. 3841+160").expectNothing().inject(". 1 ack 4001").expectNothing();
        script.write(1000).expect(". 4001+960");
    }

    @Test
    void laterFlowsBeginSmaller() {
        open();
        error(TOO_BIG, 1000, initial + 1);
        script.flow().abort();
        script.after(1);
        script.take();
        script.told.clear();
        script.open("mss 1460,sackOK").write(4000).expect(". 1+960");
    }

    @Test
    void neverBelowTheLeast() {
        open();
        error(TOO_BIG, 68, initial + 1);
        script.expect(". 1+536");
    }

    @Test
    void ignoresWhatQuotesNothingUnderWay() {
        open();
        error(TOO_BIG, 1000, initial);
        error(TOO_BIG, 1000, initial + 4001);
        error(TOO_BIG, 1000, initial - 70_000);
        script.expectNothing();
        assertEquals(1460, script.flow().sender().mss());
    }

    @Test
    void ignoresLargerOnes() {
        open();
        error(TOO_BIG, 9000, initial + 1);
        script.expectNothing();
    }

    @Test
    void unreachableEndsOnlyAnOpening() {
        open();
        error(1, 0, initial + 1);
        script.expectNothing().told().is(TcpState.ESTABLISHED);
        script.connect().expect("S 0");
        initial = script.flow().sender().initial();
        error(1, 0, initial + 5);
        script.told();
        error(13, 0, initial);
        script.told("closed PROHIBITED");
    }
}
