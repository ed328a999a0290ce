package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.carrier.WebSocketKeys;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.TestGateway;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class UpgradeHandlerTest implements UpgradeHandler.Outcome {
    private final List<String> told = new ArrayList<>();
    private final Upgrade upgrade =
            new Upgrade(DialSettingsTest.of("ws://h/x", false), new Random(5));

    @Override
    public void onConnected() {
        told.add("connected");
    }

    @Override
    public void onUpgraded(Protocol protocol, ByteBuf rest) {
        told.add(protocol + " " + rest.readableBytes());
    }

    @Override
    public void onFailed(Throwable cause) {
        told.add(String.valueOf(cause.getMessage()));
    }

    private EmbeddedChannel open() throws DialFailure {
        return new EmbeddedChannel(new UpgradeHandler(upgrade.request(null), upgrade, false, this));
    }

    private String answerTo(EmbeddedChannel channel) {
        ByteBuf request = channel.readOutbound();
        String key =
                TestGateway.header(
                        request.toString(StandardCharsets.ISO_8859_1), "Sec-WebSocket-Key");
        request.release();
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Protocol: culvert.1\r\n"
                + "Sec-WebSocket-Accept: "
                + WebSocketKeys.accept(String.valueOf(key))
                + "\r\n\r\n";
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void handsOverWhatFollowsTheHead() throws DialFailure {
        EmbeddedChannel channel = open();
        channel.writeInbound(bytes(answerTo(channel) + "12345"));
        assertEquals(List.of("connected", "CULVERT_1 5"), told);
    }

    @Test
    void readsHeadThatComesByteByByte() throws DialFailure {
        EmbeddedChannel channel = open();
        String answer = answerTo(channel);
        for (int i = 0; i < answer.length(); i++) {
            assertEquals(1, told.size());
            channel.writeInbound(bytes(answer.substring(i, i + 1)));
        }
        assertEquals(List.of("connected", "CULVERT_1 0"), told);
    }

    @Test
    void refusesHeadWithoutEnd() throws DialFailure {
        EmbeddedChannel channel = open();
        answerTo(channel);
        String line = "A: " + "x".repeat(997) + "\r\n";
        for (int i = 0; i < 20; i++) {
            channel.writeInbound(bytes(line));
        }
        assertEquals(2, told.size());
        assertTrue(told.get(1).contains("8192 bytes of headers"), told.get(1));
    }

    @Test
    void failsOnceWhenTheConnectionEndsEarly() throws DialFailure {
        EmbeddedChannel channel = open();
        answerTo(channel);
        channel.writeInbound(bytes("HTTP/1.1 404 Not Found\r\n\r\n"));
        var _ = channel.close();
        channel.pipeline().fireExceptionCaught(new IllegalStateException("late"));
        assertEquals(2, told.size());
        assertTrue(told.get(1).contains("404"), told.get(1));
    }

    @Test
    void tellsOfAnEndWithoutAnswer() throws DialFailure {
        EmbeddedChannel channel = open();
        answerTo(channel);
        var _ = channel.close();
        assertTrue(told.get(1).contains("closed before the upgrade"), told.get(1));
    }
}
