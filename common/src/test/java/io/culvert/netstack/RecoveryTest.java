package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What was lost goes out again, and what was not does not: RFC 8985, RFC 6675, RFC 6298. */
final class RecoveryTest {
    private final Script script = new Script();

    /** Ten segments of 1000 bytes are under way, the round trip is known to be 10 ms. */
    private Script tenUnderWay(String options) {
        script.open(options).write(100).expect("P. 1+100");
        script.after(10).inject(". 1 ack 101" + echo(0)).write(10_000);
        for (int i = 0; i < 10; i++) {
            script.expect((i < 9 ? ". " : "P. ") + (101 + 1000 * i) + "+1000");
        }
        return script.expectNothing();
    }

    private String echo(int ageMs) {
        boolean has = script.flow().receiver().hasTimestamps();
        return has ? " <ts 2 " + script.clock(-ageMs) + ">" : "";
    }

    @Test
    void threeSegmentsBeyondAHoleAreALoss() {
        tenUnderWay("mss 1000,sackOK").after(10);
        script.inject(". 1 ack 101 <sack 1101:2101>").inject(". 1 ack 101 <sack 1101:3101>");
        script.expectNothing().inject(". 1 ack 101 <sack 1101:4101>").expect(". 101+1000");
        script.expectNothing().after(10).inject(". 1 ack 10101").expectNothing();
        assertEquals(0, script.stack.context().sents.inUse());
    }

    @Test
    void oneSegmentBeyondAHoleIsALossAfterAQuarterOfARoundTrip() {
        tenUnderWay("mss 1000,sackOK").after(10).inject(". 1 ack 101 <sack 1101:2101>");
        script.quiet(2).after(1).expect(". 101+1000");
    }

    @Test
    void severalHolesAreFilledInOneRoundTrip() {
        tenUnderWay("mss 1000,sackOK").after(10);
        script.inject(". 1 ack 101 <sack 1101:2101:3101:4101:5101:10101>");
        script.expect(". 101+1000").expect(". 2101+1000").expect(". 4101+1000").expectNothing();
    }

    @Test
    void lostRetransmissionIsFoundByWhatWasSentLater() {
        tenUnderWay("mss 1000,sackOK").after(10);
        script.inject(". 1 ack 101 <sack 1101:10101>").expect(". 101+1000").write(3000);
        script.expect(". 10101+1000").expect(". 11101+1000");
        script.after(10).inject(". 1 ack 101 <sack 1101:12101>");
        script.expect(". 101+1000");
    }

    @Test
    void aLostTailIsProbed() {
        tenUnderWay("mss 1000,sackOK").after(10).inject(". 1 ack 8101").quiet(19);
        script.after(1).expect("P. 9101+1000").quiet(100); // two round trips
        // the probe went long after what it shows to be lost
        script.inject(". 1 ack 8101 <sack 9101:10101>").expect(". 8101+1000");
    }

    @Test
    void aProbeIsNewDataWhereThereIsSome() {
        tenUnderWay("mss 1000,sackOK").write(500).quiet(19); // the window is full
        script.after(1).expect("P. 10101+500").expectNothing();
    }

    @Test
    void timesOutAndBacksOff() {
        script.open().write(1000).expect("P. 1+1000").quiet(199);
        script.after(800).expect("P. 1+1000"); // probe or timeout
        script.after(3000).expect("P. 1+1000").quiet(399);
        script.after(60_000).expect("P. 1+1000").inject(". 1 ack 1001").quiet(10_000);
    }

    @Test
    void timeoutThatNobodyPollsIsOne() {
        script.open("mss 1000").write(1000).expect("P. 1+1000").after(60_000);
        assertEquals(1, script.flow().sender().recovery().rtt().backoffs());
        script.expect("P. 1+1000").quiet(419);
        script.after(1).expect("P. 1+1000");
    }

    @Test
    void timeoutSendsOneSegmentThenTheRest() {
        tenUnderWay("mss 1000").quiet(199).after(100).expect(". 101+1000").expectNothing();
        script.inject(". 1 ack 1101").expect(". 1101+1000").expect(". 2101+1000");
        script.expectNothing();
    }

    @Test
    void withoutSackThreeDuplicatesAreALoss() {
        tenUnderWay("mss 1000").after(10).inject(". 1 ack 101").inject(". 1 ack 101");
        script.expectNothing().inject(". 1 ack 101").expect(". 101+1000").expectNothing();
        script.after(10).inject(". 1 ack 3101").expect(". 3101+1000"); // the next hole
        script.after(10).inject(". 1 ack 10101").expectNothing();
    }

    @Test
    void userTimeoutEndsTheFlow() {
        Script impatient =
                new Script(
                        new TcpTimings(
                                75_000 * Script.MS,
                                5_000 * Script.MS,
                                60_000 * Script.MS,
                                60_000 * Script.MS,
                                40 * Script.MS),
                        false);
        impatient.open().write(10).expect("P. 1+10");
        for (int i = 0; i < 20 && impatient.told.isEmpty(); i++) {
            impatient.after(1000);
            impatient.take();
        }
        impatient.told("closed TIMED_OUT").assertOver();
    }

    @Test
    void spuriousTimeoutIsUndone() {
        tenUnderWay("mss 1012,ts").after(230).expect(". 101+1000").expectNothing();
        assertEquals(1000, script.flow().sender().recovery().windowBytes());
        // the acknowledgment of the originals, late
        script.inject(". 1 ack 1101" + echo(200));
        int after = script.flow().sender().recovery().windowBytes();
        assertTrue(after >= 10_000, "window " + after);
    }

    @Test
    void duplicateIsReported() {
        script.open().inject(". 1+100 ack 1").expect(". 1 ack 101");
        script.inject(". 1+100 ack 1").expect(". 1 ack 101 <sack 1:101>");
        script.inject(". 301+100 ack 1").expect(". 1 ack 101 <sack 301:401>");
        script.inject(". 301+100 ack 1").expect(". 1 ack 101 <sack 301:401:301:401>");
    }

    @Test
    void blocksOfTheLastSegmentsComeFirst() {
        script.open().inject(". 101+100 ack 1").expect(". 1 ack 1 <sack 101:201>");
        script.inject(". 301+100 ack 1").expect(". 1 ack 1 <sack 301:401:101:201>");
        script.inject(". 201+50 ack 1").expect(". 1 ack 1 <sack 101:251:301:401>");
        script.inject(". 501+100 ack 1").inject(". 701+100 ack 1").inject(". 901+100 ack 1");
        script.expect(". 1 ack 1 <sack 901:1001:701:801:501:601:101:251>");
        script.inject(". 1+100 ack 1")
                .expect(". 1 ack 251 <sack 901:1001:701:801:501:601:301:401>")
                .told("readable 250");
    }

    @Test
    void withoutSackEachSegmentBeyondAHoleIsAcknowledged() {
        script.open("mss 1000").inject(". 101+100 ack 1").inject(". 201+100 ack 1");
        script.inject(". 301+100 ack 1").expect(". 1 ack 1").expect(". 1 ack 1");
        script.expect(". 1 ack 1").expectNothing();
    }

    @Test
    void whatCameLongAgoIsNoRoundTrip() {
        tenUnderWay("mss 1012,sackOK,ts").after(100).take().after(400);
        script.expect(". 101+1000").after(10); // all but the first came, and no answer arrived
        script.inject(". 1 ack 10101" + echo(10));
        long rttNs = script.flow().sender().recovery().rtt().smoothedNs();
        assertTrue(rttNs < 20 * Script.MS, () -> "round trip " + rttNs);
    }

    @Test
    void echoOfWhatCameTwiceIsNoRoundTrip() {
        tenUnderWay("mss 1012,sackOK,ts").after(100).take().after(400);
        script.expect(". 101+1000").after(10);
        script.inject(". 1 ack 10101 <ts 2 " + script.clock(-510) + ",sack 101:1101>");
        long rttNs = script.flow().sender().recovery().rtt().smoothedNs();
        assertTrue(rttNs < 20 * Script.MS, () -> "round trip " + rttNs);
    }

    @Test
    void renegedBlocksAreForgottenAfterATimeout() {
        tenUnderWay("mss 1000,sackOK").after(10).inject(". 1 ack 101 <sack 1101:10101>");
        script.expect(". 101+1000").after(5).inject(". 1 ack 1101").after(150);
        script.expect("P. 9101+1000").after(5000);
        script.expect(". 1101+1000").inject(". 1 ack 10101").expectNothing();
        assertEquals(0, script.stack.context().sents.inUse());
    }
}
