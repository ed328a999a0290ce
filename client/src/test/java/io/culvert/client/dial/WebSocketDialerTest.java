package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WebSocketDialerTest {
    @Test
    void clientsOfOneGatewayDoNotReturnInStep() {
        Random random = new Random(5);
        long leastNs = Long.MAX_VALUE;
        long mostNs = 0;
        for (int i = 0; i < 1_000; i++) {
            long ns = WebSocketDialer.spreadNs(1_000, random);
            leastNs = Math.min(leastNs, ns);
            mostNs = Math.max(mostNs, ns);
        }
        assertTrue(leastNs >= TimeUnit.MILLISECONDS.toNanos(1_000), "before it was asked to");
        assertTrue(mostNs <= TimeUnit.MILLISECONDS.toNanos(2_000));
        assertTrue(mostNs - leastNs > TimeUnit.MILLISECONDS.toNanos(900));
        assertEquals(0, WebSocketDialer.spreadNs(0, random));
    }
}
