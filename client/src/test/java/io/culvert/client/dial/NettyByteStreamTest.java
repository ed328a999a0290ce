package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.TestCertificates;
import io.culvert.client.tls.ClientTls;
import io.culvert.client.tls.Trust;
import io.culvert.config.Pin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LeakWatch.class)
class NettyByteStreamTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Random random = new Random(11);
    private final DialPlan plain =
            new DialPlan(DialSettingsTest.of("ws://h/", false), null, random);
    private final NettyByteStream stream = new NettyByteStream(channel, plain);

    @Test
    void writesWhatTheArrayHeldWhenTheLoopHasDoneItsWork() {
        byte[] array = {0, 1, 2, 3, 4};
        stream.write(array, 1, 3);
        array[1] = 9; // borrowed until return only
        assertNull(channel.readOutbound());
        channel.runPendingTasks();
        ByteBuf written = channel.readOutbound();
        assertEquals(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}), written);
        written.release();
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void cutsWritesIntoPiecesOfOneRecord(ClientTls.Provider provider) {
        Pin pin = Pin.of(TestCertificates.forName("h").certificate().getPublicKey());
        try (ClientTls tls = ClientTls.open(new Trust.Pins(List.of(pin)), provider)) {
            DialPlan plan = new DialPlan(DialSettingsTest.of("wss://h/", false), tls, random);
            byte[] array = new byte[66_000];
            random.nextBytes(array);
            new NettyByteStream(channel, plan).write(array, 0, array.length);
            channel.runPendingTasks();
            byte[] all = new byte[array.length];
            int length = 0;
            for (ByteBuf piece = channel.readOutbound();
                    piece != null;
                    piece = channel.readOutbound()) {
                int size = piece.readableBytes();
                assertTrue(size <= tls.recordBytes(), size + " bytes");
                assertEquals(provider == ClientTls.Provider.BORINGSSL, piece.isDirect());
                piece.readBytes(all, length, size);
                piece.release();
                length += size;
            }
            assertArrayEquals(array, all);
        }
    }

    @Test
    void writesNothingAfterClose() {
        stream.close();
        assertFalse(stream.isWritable());
        stream.close();
        stream.write(new byte[10], 0, 10);
        channel.runPendingTasks();
        ByteBuf written = channel.readOutbound();
        assertTrue(written == null || written.readableBytes() == 0);
        assertFalse(channel.isOpen());
    }

    @Test
    void closesAfterWhatWasWritten() {
        stream.write(new byte[10], 0, 10);
        stream.close();
        ByteBuf written = channel.readOutbound();
        assertEquals(10, written.readableBytes());
        written.release();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertFalse(channel.isOpen());
    }
}
