package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Opening and closing, each transition of RFC 9293 §3.3.2. */
final class OpenCloseTest {
    private final Script script = new Script();

    @Test
    void opensActively() {
        script.connect()
                .expect("S 0 win 65535 <mss 1460,sackOK,ts 0,wscale 7>")
                .expectNothing()
                .inject("S. 0 ack 1 win 65535 <mss 1000,sackOK,wscale 2>")
                .expect(". 1 ack 1 win 511")
                .expectNothing()
                .told("connected")
                .is(TcpState.ESTABLISHED);
    }

    @Test
    void asksAgainWithoutAnAnswerAndGivesUp() {
        script.connect().expect("S 0").quiet(999);
        script.after(1).expect("S 0").quiet(1999);
        script.after(1).expect("S 0").quiet(3999);
        script.after(1).expect("S 0");
        script.after(75_000).told("closed TIMED_OUT").assertOver();
    }

    @Test
    void isRefusedByReset() {
        script.connect().expect("S 0").inject("R. 0 ack 1").told("closed REFUSED").assertOver();
    }

    @Test
    void ignoresResetsThatAcknowledgeNothingOfOurs() {
        script.connect().expect("S 0").inject("R. 0 ack 2").inject("R 0").expectNothing().told();
        script.inject(". 0 ack 5").expect("R 5").is(TcpState.SYN_SENT);
    }

    @Test
    void opensPassivelyOnlyWhenAccepted() {
        script.listen(22).inject("S 0 <mss 1200,sackOK,wscale 3>").expectNothing();
        script.inject("S 0 <mss 1200,sackOK,wscale 3>").expectNothing(); // absorbed
        assertEquals(1, script.requests.size());
        script.accept().expect("S. 0 ack 1 win 65535 <mss 1460,sackOK,wscale 7>").expectNothing();
        script.inject(". 1 ack 1").told("connected").is(TcpState.ESTABLISHED).expectNothing();
    }

    @Test
    void offersNothingThatWasNotOffered() {
        script.listen(22).inject("S 0").accept().expect("S. 0 ack 1 <mss 1460>");
        script.inject(". 1 ack 1").write(2000).expect(". 1+536 ack 1");
    }

    @Test
    void dataWithTheLastSegmentOfTheHandshakeIsTaken() {
        script.listen(22).inject("S 0 <mss 1200>").accept().expect("S. 0 ack 1");
        script.inject("P. 1+100 ack 1").told("connected", "readable 100").expect(". 1 ack 101");
    }

    @Test
    void answersSynAgainWhenAskedAgain() {
        script.listen(22).inject("S 0 <mss 1200>").accept().expect("S. 0 ack 1");
        script.inject("S 0 <mss 1200>").expect("S. 0 ack 1").quiet(1999);
        script.after(1).expect("S. 0 ack 1");
    }

    @Test
    void requestIsCancelledByItsReset() {
        script.listen(22).inject("S 0").inject("R 1").told("cancelled").assertOver();
        script.accept().after(1).told("closed TIMED_OUT").assertOver();
    }

    @Test
    void requestThatNobodyAnswersEnds() {
        script.listen(22).inject("S 0").quiet(29_999);
        script.told().after(1).told("cancelled").assertOver();
    }

    @Test
    void requestIsReset() {
        script.listen(22).inject("S 0+0");
        script.requests.getFirst().reset();
        script.expect("R. 0 ack 1").assertOver();
    }

    @Test
    void nobodyListens() {
        script.localPort = 23;
        script.inject("S 0").expect("R. 0 ack 1").inject(". 5 ack 77").expect("R 77");
        script.inject("R 5 ack 77").expectNothing();
    }

    @Test
    void bothOpenAtOnce() {
        script.connect().expect("S 0");
        script.inject("S 0 <mss 1000,sackOK>").expect("S. 0 ack 1").is(TcpState.SYN_RECEIVED);
        script.inject("S. 0 ack 1 <mss 1000,sackOK>").told("connected");
        script.is(TcpState.ESTABLISHED).write(10).expect("P. 1+10 ack 1");
    }

    @Test
    void closesFirst() {
        script.open().flow().shutdownOutput();
        script.expect("F. 1 ack 1").is(TcpState.FIN_WAIT_1).inject(". 1 ack 2");
        script.is(TcpState.FIN_WAIT_2).inject("P. 1+50 ack 2").told("readable 50");
        script.expect(". 2 ack 51").read(50).inject("F. 51 ack 2").expect(". 2 ack 52");
        script.told("end", "closed FINISHED").assertOver();
        assertEquals(1, script.stack.status().timeWaits());
        script.inject("F. 51 ack 2").expect(". 2 ack 52").inject("R 52").expectNothing();
        script.after(59_999);
        assertEquals(1, script.stack.status().timeWaits());
        script.after(1);
        assertEquals(0, script.stack.status().timeWaits());
    }

    @Test
    void closesSecond() {
        script.open().inject("F. 1 ack 1").expect(". 1 ack 2").told("end");
        script.is(TcpState.CLOSE_WAIT).write(30).expect("P. 1+30 ack 2").flow().close();
        script.expect("F. 31 ack 2").is(TcpState.LAST_ACK).inject(". 2 ack 32");
        script.told("closed FINISHED").assertOver();
        assertEquals(0, script.stack.status().timeWaits());
    }

    @Test
    void bothCloseAtOnce() {
        script.open().flow().close();
        script.expect("F. 1 ack 1").inject("F. 1 ack 1").expect(". 2 ack 2").is(TcpState.CLOSING);
        script.inject(". 2 ack 2").told("closed FINISHED").assertOver();
        assertEquals(1, script.stack.status().timeWaits());
    }

    @Test
    void endOfBothInOneSegment() {
        script.open().flow().close();
        script.expect("F. 1 ack 1").inject("F. 1 ack 2").expect(". 2 ack 2");
        script.told("closed FINISHED").assertOver();
    }

    @Test
    void endGoesWithTheLastData() {
        script.open().write(1500).flow().shutdownOutput();
        script.expect(". 1+1000 ack 1").expect("FP. 1001+500 ack 1").expectNothing();
        script.inject(". 1 ack 1502").is(TcpState.FIN_WAIT_2);
    }

    @Test
    void endThatComesBeforeItsTurnWaits() {
        script.open().inject("FP. 101+100 ack 1").expect(". 1 ack 1 <sack 101:201>").told();
        script.inject("P. 1+100 ack 1").expect(". 1 ack 202").told("readable 200", "end");
    }

    @Test
    void resetsWhenClosedWithUnreadBytes() {
        script.open().inject("P. 1+10 ack 1").told("readable 10").expect(". 1 ack 11");
        script.flow().close();
        script.expect("R. 1 ack 11").after(1).told("closed ABORTED").assertOver();
    }

    @Test
    void resetsWhenBytesComeAfterClose() {
        script.open().flow().close();
        script.expect("F. 1 ack 1").inject(". 1 ack 2").inject("P. 1+10 ack 2");
        script.expect("R. 2 ack 1").told("closed ABORTED").assertOver();
    }

    @Test
    void abortResets() {
        script.open().write(5000).expect(". 1+1000 ack 1").flow().abort();
        script.expect("R. 1001 ack 1").after(1).told("closed ABORTED").assertOver();
    }

    @Test
    void isReset() {
        script.open().write(10).expect("P. 1+10 ack 1").inject("R. 1 ack 1");
        script.told("closed RESET").assertOver();
        assertEquals(0, script.flow().write(new byte[10], 0, 10));
    }

    @Test
    void waitsForTheOtherEndOnlySoLong() {
        script.open().flow().close();
        script.expect("F. 1 ack 1").inject(". 1 ack 2").quiet(59_999);
        script.told().after(1).told("closed TIMED_OUT").assertOver();
    }

    @Test
    void halfCloseIsNotLimited() {
        script.open().flow().shutdownOutput();
        script.expect("F. 1 ack 1").inject(". 1 ack 2").quiet(3_600_000);
        script.inject("P. 1+5 ack 2").told("readable 5");
    }

    @Test
    void endIsRetransmitted() {
        script.open().flow().close();
        script.expect("F. 1 ack 1").quiet(199);
        script.after(2000).expect("F. 1 ack 1");
    }

    @Test
    void whatLingersGivesWayToALaterOpening() {
        script.listen(22).inject("S 0 <mss 1000>").accept().expect("S. 0 ack 1");
        script.inject(". 1 ack 1").flow().close();
        script.expect("F. 1 ack 1").inject("F. 1 ack 2").expect(". 2 ack 2");
        script.told("connected", "closed FINISHED");
        script.inject("S 1").expect(". 2 ack 2"); // an old one
        script.inject("S 90000 <mss 1000>");
        assertEquals(2, script.requests.size());
        assertEquals(0, script.stack.status().timeWaits());
        script.accept().expect("S. 0 ack 90001");
    }
}
