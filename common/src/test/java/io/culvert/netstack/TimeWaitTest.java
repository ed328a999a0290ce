package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a connection that lingers makes way for a new one between the same ends (RFC 6191). */
final class TimeWaitTest {
    private static final int PORT = 80;

    private final Script script = new Script().listen(PORT);

    /** A connection of the other side's, which this side closes first. */
    private void linger(String options, String echoed) {
        script.inject("S 0 <" + options + ">").accept().expect("S. 0 ack 1");
        script.inject(". 1 ack 1" + echoed).flow().close();
        script.expect("F. 1 ack 1").inject("F. 1 ack 2" + echoed).expect(". 2 ack 2");
        assertEquals(1, script.stack.status().timeWaits());
        script.requests.clear();
    }

    @ParameterizedTest
    @CsvSource({
        "true, 600, 1000, true", // a later timestamp, whatever the number
        "true, 600, -1000, true",
        "true, 500, 1000, true", // the same: the number decides
        "true, 500, -1000, false",
        "true, 400, 1000, false", // an older one was long under way
        "true, 0, 1000, true", // none: the number decides
        "true, 0, -1000, false",
        "false, 600, -1000, true", // the last one had none: it can be told apart
        "false, 0, 1000, true",
        "false, 0, -1000, false",
    })
    void newConnectionIsTaken(boolean had, int timestamp, int sequence, boolean isTaken) {
        linger(had ? "mss 1000,ts 500 0" : "mss 1000", had ? " <ts 500 0>" : "");
        String option = timestamp == 0 ? "" : ",ts " + timestamp + " 0";
        script.inject("S " + sequence + " <mss 1000" + option + ">");
        assertEquals(isTaken ? 1 : 0, script.requests.size());
        assertEquals(isTaken ? 0 : 1, script.stack.status().timeWaits());
    }

    @Test
    void whatWasReplacedIsForgottenToo() {
        StackLimits limits = StackLimits.defaults().withFlows(100, 50, 100, 10);
        SimulatedPair pair =
                new SimulatedPair(1, true, r -> r.accept(new StreamEnd(1, 0, 0)), limits);
        for (int i = 0; i < 100; i++) {
            pair.client.connect(SimulatedPair.FAR, new StreamEnd(0, 0, 0));
            pair.run(2_000_000_000L);
        }
        assertTrue(pair.client.status().timeWaits() <= 10);
        assertTrue(pair.gateway.status().timeWaits() <= 10);
        pair.assertNothingLeft();
    }
}
