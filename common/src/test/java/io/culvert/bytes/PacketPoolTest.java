package io.culvert.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PacketPoolTest {
    private final PacketPool pool = new PacketPool();

    @ParameterizedTest
    @ValueSource(ints = {1, 2048, 2049, 8192, 8193, 20_000, 32_769, 65_536})
    void aPacketHoldsWhatWasAskedForAndLittleMore(int length) {
        Packet packet = pool.lease(length);
        assertTrue(packet.capacity() >= length);
        assertTrue(packet.capacity() <= Math.max(PacketPool.SMALL, 4 * length));
        assertEquals(packet.capacity(), pool.leasedBytes());
        packet.release();
        assertEquals(0, pool.leasedBytes());
        assertEquals(0, pool.leased());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 5000, 12_000, 30_000, 60_000})
    void aPacketThatCameBackIsUsedAgain(int length) {
        Packet packet = pool.lease(length);
        packet.release();
        assertSame(packet, pool.lease(length));
    }

    @Test
    void noPacketIsLargerThanIpAllows() {
        assertThrows(IllegalStateException.class, () -> pool.lease(65_537));
    }
}
