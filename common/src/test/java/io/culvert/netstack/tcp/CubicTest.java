package io.culvert.netstack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class CubicTest {
    private static final int MSS = 1000;
    private static final long RTT_NS = 100_000_000;

    private final Cubic cubic = new Cubic();
    private long nowNs;

    private void roundTrip() {
        nowNs += RTT_NS;
        int acked = cubic.windowBytes();
        for (int done = 0; done < acked; done += MSS) {
            cubic.onAck(MSS, 1, nowNs, RTT_NS, MSS);
        }
    }

    @Test
    void doublesInSlowStart() {
        cubic.start(MSS);
        assertEquals(10_000, cubic.windowBytes());
        roundTrip();
        assertEquals(20_000, cubic.windowBytes());
    }

    @Test
    void returnsToWhereTheLossWasAndLingersThere() {
        cubic.start(MSS);
        cubic.setWindow(1_000_000);
        cubic.onCongestion(MSS);
        assertEquals(700_000, cubic.thresholdBytes());
        cubic.setWindow(cubic.thresholdBytes());
        double zero = Math.cbrt(1000 * 0.3 / 0.4); // K: 9.1 s
        while (nowNs < zero * 1e9) {
            roundTrip();
        }
        assertTrue(Math.abs(cubic.windowBytes() - 1_000_000) < 20_000, cubic.windowBytes() + "");
        long plateauNs = nowNs + 2_000_000_000L;
        while (nowNs < plateauNs) {
            roundTrip();
        }
        assertTrue(cubic.windowBytes() < 1_060_000, cubic.windowBytes() + "");
        while (nowNs < 20_000_000_000L) {
            roundTrip();
        }
        assertTrue(cubic.windowBytes() > 1_200_000, cubic.windowBytes() + "");
    }

    @Test
    void smallWindowsGrowAsRenoWould() {
        cubic.start(MSS);
        cubic.setWindow(20_000);
        cubic.onCongestion(MSS);
        cubic.setWindow(cubic.thresholdBytes());
        for (int i = 0; i < 12; i++) {
            roundTrip();
        }
        // alpha of 0.53 segments a round trip
        assertTrue(cubic.windowBytes() >= 19_000, cubic.windowBytes() + "");
    }

    @Test
    void secondLossBelowTheFirstGivesWayFaster() {
        cubic.start(MSS);
        cubic.setWindow(1_000_000);
        cubic.onCongestion(MSS);
        cubic.setWindow(700_000);
        cubic.onCongestion(MSS); // W_max is 595 segments now, not 700
        cubic.setWindow(490_000);
        for (int i = 0; i < 64; i++) { // K: 6.4 s
            roundTrip();
        }
        assertTrue(Math.abs(cubic.windowBytes() - 595_000) < 10_000, cubic.windowBytes() + "");
    }

    @Test
    void undoGivesBack() {
        cubic.start(MSS);
        cubic.setWindow(100_000);
        cubic.onCongestion(MSS);
        cubic.setWindow(1000);
        cubic.undo();
        assertEquals(100_000, cubic.windowBytes());
        assertTrue(cubic.isSlowStart());
    }
}
