package io.culvert.pump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** Which lane a flow takes, and how long it stays there. */
final class LaneTableTest {
    private static final long MS = 1_000_000;
    private static final int BULK = 0x1000_0000;
    private static final int PING = 0x2000_0000;
    private static final int OTHER = 0x3000_0000;

    private final LaneTable table = new LaneTable(4);

    private int lane(int flow, int bytes, int count, long atMs) {
        return table.laneOf(flow, bytes, count, atMs * MS);
    }

    @Test
    void aSparseFlowAvoidsTheBulk() {
        int bulk = lane(BULK, 60_000, 2, 0);
        assertNotEquals(bulk, lane(PING, 84, 2, 10));
        assertNotEquals(bulk, lane(OTHER, 100, 2, 20));
    }

    @Test
    void aBulkThatBeginsLaterAvoidsTheSparseOne() {
        int ping = lane(PING, 84, 2, 0);
        assertNotEquals(ping, lane(BULK, 1500, 2, 10));
    }

    @Test
    void aFlowStaysWhereItIs() {
        int lane = lane(BULK, 60_000, 2, 0);
        for (int ms = 10; ms < 10_000; ms += 10) {
            assertEquals(lane, lane(BULK, 60_000, 2, ms));
        }
    }

    @Test
    void itStaysAlsoWhenLanesComeAndGo() {
        assertEquals(0, lane(BULK, 60_000, 1, 0));
        assertEquals(0, lane(BULK, 60_000, 4, 10));
        assertEquals(1, lane(PING, 84, 4, 20));
        assertEquals(1, lane(PING, 84, 1, 30));
    }

    @Test
    void afterALongSilenceItIsANewFlow() {
        assertEquals(0, lane(PING, 84, 1, 0));
        lane(BULK, 60_000, 1, 3_000);
        assertEquals(1, lane(PING, 84, 2, 3_500));
    }

    @Test
    void whatWasCarriedLongAgoCountsLittle() {
        lane(BULK, 1_000_000, 2, 0);
        assertEquals(1, lane(PING, 5_000, 2, 19_000));
        assertEquals(0, lane(OTHER, 100, 2, 20_000));
    }

    @Test
    void aClockMayBeginAnywhere() {
        LaneTable other = new LaneTable(4);
        long nowNs = Long.MIN_VALUE / 4;
        assertEquals(0, other.laneOf(BULK, 60_000, 2, nowNs));
        assertEquals(1, other.laneOf(PING, 84, 2, nowNs + MS));
    }

    @Test
    void severalBulksSpreadOverAllLanes() {
        int lanes = 0;
        for (int flow = 0; flow < 4; flow++) {
            lanes |= 1 << lane(flow << 24, 60_000, 4, flow);
        }
        assertEquals(0b1111, lanes);
    }
}
