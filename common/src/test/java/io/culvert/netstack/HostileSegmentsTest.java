package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.stats.DropReason;
import org.junit.jupiter.api.Test;

/** What RFC 5961, RFC 7323 and RFC 5927 want ignored, or answered by no more than a challenge. */
final class HostileSegmentsTest {
    private final Script script = new Script();

    @Test
    void onlyTheNextNumberResets() {
        script.open().inject("R 500").expect(". 1 ack 1").is(TcpState.ESTABLISHED);
        script.inject("R 70000").expectNothing().inject("R 0").expectNothing();
        script.inject("R 1").told("closed RESET").assertOver();
    }

    @Test
    void synIsChallenged() {
        script.open().inject("S 500").expect(". 1 ack 1").is(TcpState.ESTABLISHED);
    }

    @Test
    void acknowledgmentOfTheFutureIsChallenged() {
        script.open().write(10).expect("P. 1+10").inject("P. 1+5 ack 12").expect(". 11 ack 1");
        script.told();
    }

    @Test
    void acknowledgmentOfThePastIsChallenged() {
        script.open().inject("P. 1+5 ack -70000").expect(". 1 ack 1").told();
    }

    @Test
    void challengesAreFew() {
        script.open().inject("R 500").expect(". 1 ack 1").inject("R 501").inject("S 502");
        script.expectNothing().quiet(50).inject("R 500").expect(". 1 ack 1");
    }

    @Test
    void segmentWithoutAckIsDropped() {
        script.open().inject("P 1+5").expectNothing().told();
    }

    @Test
    void beyondTheWindowIsDropped() {
        script.open().inject(". 65537+10 ack 1").expect(". 1 ack 1").told();
        script.inject(". 65530+10 ack 1").expect(". 1 ack 1 <sack 65530:65536>");
    }

    @Test
    void oldTimestampIsDropped() {
        script.connect().expect("S 0");
        script.inject("S. 0 ack 1 <mss 1000,sackOK,ts 500 0>").expect(". 1 ack 1 <ts 500>");
        script.inject("P. 1+10 ack 1 <ts 600 0>").expect(". 1 ack 11 <ts 600>");
        script.inject("P. 11+10 ack 1 <ts 599 0>").expect(". 1 ack 11");
        script.inject("P. 11+10 ack 1 <ts 600 0>").expect(". 1 ack 21");
        script.inject("P. 21+10 ack 1").expectNothing(); // without one
        script.inject("R 21").told("connected", "readable 10", "readable 20", "closed RESET");
    }

    @Test
    void timestampOfASegmentOutOfOrderIsNotEchoed() {
        script.connect().expect("S 0").inject("S. 0 ack 1 <mss 1000,sackOK,ts 500 0>");
        script.expect(". 1 ack 1").inject(". 11+10 ack 1 <ts 700 0>");
        script.expect(". 1 ack 1 <ts 500,sack 11:21>");
        script.inject(". 1+10 ack 1 <ts 650 0>").expect(". 1 ack 21 <ts 650>");
    }

    @Test
    void wrongChecksumIsDropped() {
        script.open();
        byte[] array = new byte[200];
        FlowKey key =
                new FlowKey(
                        new Endpoint(Script.REMOTE, 80),
                        new Endpoint(Script.LOCAL, script.localPort));
        IpWriter.put(array, 20, key, 6, 20);
        array[20 + 20 + 12] = 5 << 4;
        script.stack.receive(array, 20, 40, script.nowNs);
        assertEquals(1, script.drops.of(DropReason.BAD_SEGMENT));
    }

    @Test
    void tinySegmentSizeIsNotBelieved() {
        script.connect().expect("S 0").inject("S. 0 ack 1 <mss 1,sackOK>").expect(". 1 ack 1");
        script.write(1000).expect(". 1+64 ack 1");
    }

    @Test
    void sackOfWhatWasNeverSentIsIgnored() {
        script.open().write(1000).expect("P. 1+1000");
        script.inject(". 1 ack 1 <sack 5000:6000>").inject(". 1 ack 1 <sack 900:100>");
        script.inject(". 1 ack 1 <sack -500:700>").expectNothing().inject(". 1 ack 1001");
        assertEquals(0, script.stack.context().sents.inUse());
    }
}
