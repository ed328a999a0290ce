package io.culvert.client.proxy.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryFlow;
import io.culvert.client.testkit.ProxyParts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class AttachDoorTest {
    private static final String GREETING = frame("culvert attach 1 KEY");

    private final ProxyParts parts = new ProxyParts();
    private final List<String> asked = new ArrayList<>();
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    private final AttachDoor door =
            new AttachDoor(
                    parts.switchboard,
                    new AttachDoor.Host() {
                        @Override
                        public String publicKey() {
                            return "KEY";
                        }

                        @Override
                        public CompletableFuture<String> check(String host, int port) {
                            asked.add(host + " " + port);
                            return answer;
                        }

                        @Override
                        public void end() {
                            asked.add("end");
                        }
                    });

    /** A short text in its frame. */
    private static String frame(String text) {
        return "\0\0\0" + (char) text.length() + text;
    }

    private EmbeddedDuplex joined() {
        EmbeddedDuplex other = new EmbeddedDuplex();
        door.open(other);
        assertEquals(GREETING, other.clientGets());
        return other;
    }

    @Test
    void endInOrderIsToldBehindTheLastByte() {
        EmbeddedDuplex other = joined();
        other.clientSends("connect 10.9.0.1:22\nhel");
        other.clientSends("lo");
        MemoryFlow flow = parts.accepted();
        assertEquals(frame("ok"), other.clientGets());
        assertEquals("hello", flow.sentText());
        flow.peerSends("bye");
        parts.loop.run();
        assertEquals(frame("bye"), other.clientGets());
        flow.peerEnds();
        parts.loop.run();
        assertEquals("\0\0\0\0", other.clientGets());
        assertTrue(other.isOutputShutdown());
        other.clientEnds();
        assertFalse(other.isActive());
        assertEquals(0, parts.table.size());
    }

    @Test
    void cutIsAnEndWithoutAWord() {
        EmbeddedDuplex other = joined();
        other.clientSends("connect 10.9.0.1:22\n");
        MemoryFlow flow = parts.accepted();
        assertEquals(frame("ok"), other.clientGets());
        flow.end(FlowEnd.RESET);
        parts.loop.run();
        assertEquals("", other.clientGets());
        assertFalse(other.isActive());
    }

    @Test
    void refusalIsASentence() {
        EmbeddedDuplex other = joined();
        other.clientSends("connect 10.9.0.1:22\n");
        parts.loop.run();
        parts.inside.flow().end(FlowEnd.REFUSED);
        parts.loop.run();
        assertEquals(
                frame("failed the target refuses connections to that port"), other.clientGets());
        assertFalse(other.isActive());
    }

    @Test
    void questionsAreTheHosts() {
        EmbeddedDuplex first = joined();
        first.clientSends("check [fd08::1]:80\n");
        EmbeddedDuplex second = joined();
        second.clientSends("ping a.example\n");
        assertEquals(List.of("fd08::1 80", "a.example 0"), asked);
        answer.complete("it does");
        parts.loop.run();
        assertEquals(frame("ok it does"), first.clientGets());
        assertFalse(first.isActive());
        assertEquals(frame("ok it does"), second.clientGets());
    }

    @Test
    void failureIsTheHostsToo() {
        EmbeddedDuplex other = joined();
        other.clientSends("check h:80\n");
        answer.completeExceptionally(new CompletionException(new IOException("it does not")));
        parts.loop.run();
        assertEquals(frame("failed it does not"), other.clientGets());
    }

    @Test
    void endEndsAllOfIt() {
        EmbeddedDuplex other = joined();
        other.clientSends("end\n");
        assertEquals(List.of("end"), asked);
        assertEquals(frame("ok"), other.clientGets());
        assertFalse(other.isActive());
    }

    @Test
    void isUnusedWhenTheLastOneHasLeft() {
        assertTrue(new AttachDoor(parts.switchboard, NOBODY).unused().isDone());
        EmbeddedDuplex one = joined();
        EmbeddedDuplex two = joined();
        assertEquals(2, door.joined());
        CompletableFuture<Void> unused = door.unused();
        one.clientLeaves();
        assertFalse(unused.isDone());
        two.clientLeaves();
        assertTrue(unused.isDone());
    }

    private static final AttachDoor.Host NOBODY =
            new AttachDoor.Host() {
                @Override
                public String publicKey() {
                    return "";
                }

                @Override
                public CompletableFuture<String> check(String host, int port) {
                    return new CompletableFuture<>();
                }

                @Override
                public void end() {}
            };

    @Test
    void nonsenseIsDroppedAndCounted() {
        String[] nonsense = {
            "\n",
            "connect\n",
            "connect a\n",
            "connect a:0\n",
            "connect a:1 b\n",
            "check a:99999\n",
            "ping \n",
            "ping 1.2.3\n",
            "GET / HTTP/1.1\n",
            "end \n",
            "x".repeat(600)
        };
        for (String line : nonsense) {
            EmbeddedDuplex other = joined();
            other.clientSends(line);
            assertFalse(other.isActive(), line);
        }
        assertEquals(nonsense.length, parts.garbage.of(Garbage.Kind.BAD_ATTACH));
        assertEquals(0, door.joined());
    }

    @Test
    void hostileBytesEndInNothing() {
        long seed = System.nanoTime();
        System.out.println("AttachDoorTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            EmbeddedDuplex other = joined();
            byte[] bytes = new byte[1 + random.nextInt(700)];
            random.nextBytes(bytes);
            String line = random.nextBoolean() ? "connect " : "check ";
            other.clientSends(
                    line + new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
            other.clientLeaves();
        }
        parts.loop.run();
        assertEquals(0, door.joined());
        assertEquals(0, parts.table.size());
    }

    @Test
    void whoSaysNothingIsClosed() {
        EmbeddedDuplex other = joined();
        parts.loop.advance(parts.limits.handshakeNs());
        assertFalse(other.isActive());
        assertEquals(1, parts.garbage.of(Garbage.Kind.SLOW_CLIENT));
    }
}
