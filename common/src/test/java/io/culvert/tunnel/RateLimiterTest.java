package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import org.junit.jupiter.api.Test;

/** The limiter's buckets and the load meter, on a clock that begins below zero and wraps. */
final class RateLimiterTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final RateLimiter limiter = new RateLimiter(Tuning.RATE_SOURCES);
    private long nowNs = -5000 * SECOND_NS;

    @Test
    void fiveAtOnceThenTwentyASecond() {
        byte[] source = ipv4(1, 1000);
        assertEquals(5, burst(source, 100));
        int allowed = 0;
        for (int i = 0; i < 1000; i++) {
            nowNs += SECOND_NS / 100;
            allowed += limiter.allow(source, nowNs) ? 1 : 0;
        }
        assertEquals(200, allowed, 2);
    }

    @Test
    void aRestFillsTheBucketButNotBeyondFive() {
        byte[] source = ipv4(1, 1000);
        burst(source, 10);
        nowNs += SECOND_NS / 20;
        assertEquals(1, burst(source, 10));
        nowNs += 3600 * SECOND_NS;
        assertEquals(5, burst(source, 10));
    }

    @Test
    void sourcesDoNotDisturbEachOther() {
        burst(ipv4(1, 1000), 10);
        assertEquals(5, burst(ipv4(2, 1000), 10));
    }

    @Test
    void thePortIsNoWayAround() {
        burst(ipv4(1, 1000), 10);
        assertEquals(0, burst(ipv4(1, 1001), 10));
    }

    @Test
    void ipv6SourcesAreLimitedByTheirNetwork() {
        assertEquals(5, burst(ipv6(1, 1), 10));
        assertEquals(0, burst(ipv6(1, 2), 10), "another host of the same /64");
        assertEquals(5, burst(ipv6(2, 1), 10));
    }

    @Test
    void onThisMachineEachPortIsSomebody() {
        byte[] relayed = {127, 0, 0, 1, 10, 1};
        byte[] another = {127, 0, 0, 1, 10, 2};
        assertEquals(5, burst(relayed, 10));
        assertEquals(5, burst(another, 10));
        byte[] relayed6 = new byte[18];
        relayed6[15] = 1;
        byte[] another6 = relayed6.clone();
        another6[17] = 1;
        assertEquals(5, burst(relayed6, 10));
        assertEquals(5, burst(another6, 10));
        assertEquals(0, burst(relayed6, 10));
    }

    @Test
    void whatIsNoAddressStandsForItselfAlone() {
        byte[] connection = {0, 0, 0, 0, 0, 0, 0, 1};
        byte[] another = {0, 0, 0, 0, 0, 0, 0, 2};
        assertEquals(5, burst(connection, 10));
        assertEquals(5, burst(another, 10));
        assertEquals(0, burst(connection, 10));
    }

    @Test
    void aThousandNoisySourcesShareWhatThereIsAndAQuietOneGetsIn() {
        byte[] quiet = ipv4(4711, 1);
        int noisy = 0;
        int heard = 0;
        for (int millisecond = 0; millisecond < 20_000; millisecond++) {
            nowNs += SECOND_NS / 1000;
            for (int i = 0; i < 5; i++) {
                noisy += limiter.allow(ipv4((5 * millisecond + i) % 1000, 1), nowNs) ? 1 : 0;
            }
            if (millisecond % 5000 == 2500) {
                heard += limiter.allow(quiet, nowNs) ? 1 : 0;
            }
        }
        assertEquals(4, heard);
        int bursts = 1000 * Tuning.RATE_BURST;
        assertEquals(bursts + 20 * Tuning.RATE_SHARED_PER_SECOND, noisy, 1100);
    }

    @Test
    void howeverManyThereAreOneInFiveSecondsPasses() {
        for (int i = 0; i < 20_000; i++) {
            burst(ipv4(i, 1), 10);
        }
        nowNs += 5 * SECOND_NS;
        assertEquals(1, burst(ipv4(1, 1), 10));
        assertEquals(20_000, limiter.sources());
    }

    @Test
    void aFullTableRefusesStrangersAndForgetsTheIdle() {
        RateLimiter small = new RateLimiter(100);
        for (int i = 0; i < 100; i++) {
            assertTrue(small.allow(ipv4(i, 1), nowNs));
        }
        assertFalse(small.allow(ipv4(500, 1), nowNs));
        assertTrue(small.allow(ipv4(50, 1), nowNs), "known sources are still served");
        assertEquals(100, small.sources());
        nowNs += 2 * SECOND_NS;
        assertTrue(small.allow(ipv4(500, 1), nowNs));
        assertEquals(1, small.sources());
    }

    @Test
    void worksAcrossTheWrappingOfTheClock() {
        nowNs = Long.MAX_VALUE - SECOND_NS / 2;
        byte[] source = ipv4(1, 1);
        assertEquals(5, burst(source, 10));
        nowNs += SECOND_NS;
        assertEquals(5, burst(source, 10));
    }

    @Test
    void moreThan256HandshakesInASecondAreLoadAndOneSecondAfter() {
        LoadMeter meter = new LoadMeter();
        for (int i = 0; i < Tuning.LOAD_HANDSHAKES_PER_SECOND; i++) {
            assertFalse(meter.countAndTell(nowNs), "message " + i);
        }
        assertTrue(meter.countAndTell(nowNs));
        nowNs += SECOND_NS - 1;
        assertTrue(meter.countAndTell(nowNs));
        nowNs += SECOND_NS;
        assertFalse(meter.countAndTell(nowNs));
    }

    @Test
    void aSteadyTrickleIsNoLoadWhateverTheClockSays() {
        LoadMeter meter = new LoadMeter();
        for (int i = 0; i < 10_000; i++) {
            assertFalse(meter.countAndTell(nowNs), "message " + i + " at 100 a second");
            nowNs += SECOND_NS / 100;
        }
    }

    private int burst(byte[] source, int messages) {
        int allowed = 0;
        for (int i = 0; i < messages; i++) {
            allowed += limiter.allow(source, nowNs) ? 1 : 0;
        }
        return allowed;
    }

    private static byte[] ipv4(int host, int port) {
        byte[] source = new byte[6];
        BigEndian.putInt(source, 0, 10 << 24 | host);
        BigEndian.putShort(source, 4, port);
        return source;
    }

    private static byte[] ipv6(long network, long host) {
        byte[] source = new byte[18];
        BigEndian.putLong(source, 0, 0xfd00_0000_0000_0000L | network);
        BigEndian.putLong(source, 8, host);
        return source;
    }
}
