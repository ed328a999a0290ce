package io.culvert.carrier.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.culvert.carrier.Carrier;
import io.culvert.libc.UdpAddress;
import io.culvert.libc.UdpDescriptor;
import io.culvert.libc.UdpOutbox;
import io.culvert.loop.epoll.EpollLoop;
import io.culvert.stats.DropReason;
import io.culvert.stats.Drops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many datagrams in one call: what each keeps of its own. */
@Tag("loopback")
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class UdpBatchIT {
    private static final UdpBinding ANY = UdpBinding.ofPort(0, Instant.EPOCH);

    private final Drops drops = new Drops();
    private EpollLoop loop;
    private UdpSocket a;
    private UdpSocket b;
    private RecordingListener atA;
    private RecordingListener atB;

    @BeforeEach
    void open() throws IOException {
        loop = EpollLoop.open(System::nanoTime);
        atA = new RecordingListener(loop);
        atB = new RecordingListener(loop);
        a = UdpSocket.open(loop, ANY, atA, drops);
        b = UdpSocket.open(loop, ANY, atB, drops);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
        loop.close();
    }

    private Carrier toB(String address) {
        return a.carrierTo(new InetSocketAddress(InetAddress.ofLiteral(address), b.port()));
    }

    private UdpCarrier from(String source) {
        UdpAddress there = UdpAddress.of(InetAddress.ofLiteral("127.0.0.1"), b.port());
        return new UdpCarrier(a, there, UdpAddress.of(InetAddress.ofLiteral(source), 0), 0);
    }

    private static void commit(Carrier carrier, String text, int trafficClass) {
        byte[] datagram = text.getBytes(StandardCharsets.UTF_8);
        int offset = carrier.reserve(datagram.length);
        System.arraycopy(datagram, 0, carrier.array(), offset, datagram.length);
        carrier.commit(datagram.length, trafficClass);
    }

    private void receive(int count) throws IOException {
        atB.stopAfter(count);
        loop.run();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void carriesEachDatagramsTrafficClass(String address) throws Exception {
        List<Integer> classes = List.of(0, 1, 2, 3, 0x88, 0x8b, 0xff, 0);
        Carrier carrier = toB(address);
        for (int trafficClass : classes) {
            commit(carrier, "class " + trafficClass, trafficClass);
        }
        carrier.flush(0);
        receive(classes.size());
        assertEquals(classes, atB.trafficClasses());
        assertEquals(0, drops.total());
    }

    /** Equal ones share a buffer, which the kernel cuts, and joins again where it can. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void datagramsInOneBufferStayThemselves(String address) throws Exception {
        List<String> sent = new ArrayList<>();
        Carrier carrier = toB(address);
        for (int i = 0; i < 300; i++) {
            int size = i < 150 ? 1452 : i < 200 ? 40 + i % 3 : i == 250 ? 9 : 700;
            String text = "%08d".formatted(i) + ".".repeat(size - 8);
            sent.add(text);
            commit(carrier, text, i < 140 ? 0 : 2);
        }
        carrier.flush(0);
        receive(sent.size());
        assertEquals(sent, atB.texts());
        assertEquals(0, drops.total());
    }

    @Test
    void datagramsToDifferentOnesNeverShareABuffer() throws Exception {
        Carrier four = toB("127.0.0.1");
        Carrier six = toB("::1");
        for (int i = 0; i < 10; i++) {
            commit(four, "four" + i, 0);
            commit(six, "six!" + i, 0);
        }
        four.flush(0);
        receive(20);
        assertEquals(20, atB.texts().size());
        assertEquals(10, atB.texts().stream().filter(each -> each.startsWith("six!")).count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "::1"})
    void answersWithATrafficClassFromTheAddressThatWasReached(String address) throws Exception {
        Carrier carrier = toB(address);
        commit(carrier, "ping", 0);
        carrier.flush(0);
        receive(1);
        commit(atB.last(), "pong", 0x88);
        atB.last().flush(0);
        atA.stopAfter(1);
        loop.run();
        assertEquals(List.of(0x88), atA.trafficClasses());
        byte[] reached = InetAddress.ofLiteral(address).getAddress();
        assertArrayEquals(reached, Arrays.copyOf(atA.last().source(), reached.length));
    }

    @Test
    void oneFlushSendsWhatWaitsForAllCarriersInOrder() throws Exception {
        Carrier four = toB("127.0.0.1");
        Carrier six = toB("::1");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            texts.add("n" + i);
            commit(i % 3 == 0 ? six : four, "n" + i, i % 4);
        }
        assertEquals(0, atB.readEnds());
        four.flush(0);
        receive(20);
        assertEquals(texts, atB.texts());
        assertEquals(1, atB.readEnds());
        six.flush(0);
        assertEquals(0, drops.total());
    }

    @Test
    void aFullBatchLeavesByItself() throws Exception {
        Carrier carrier = toB("127.0.0.1");
        for (int i = 0; i < UdpOutbox.CAPACITY + 1; i++) {
            commit(carrier, "n" + i, i % 2); // no two that follow each other share a buffer
        }
        receive(UdpOutbox.CAPACITY);
        carrier.flush(0);
        receive(UdpOutbox.CAPACITY + 1);
        assertEquals("n64", atB.texts().getLast());
    }

    @Test
    void anErrorIsTheLossOfOneDatagramAlone() throws Exception {
        Carrier carrier = toB("127.0.0.1");
        Carrier nowhere =
                a.carrierTo(
                        new InetSocketAddress(
                                InetAddress.ofLiteral("127.0.0.1"), 0)); // nobody's port
        for (int i = 0; i < 60; i++) {
            commit(i % 3 == 1 ? nowhere : carrier, "n" + i, 0);
        }
        carrier.flush(0);
        receive(40);
        assertEquals("n59", atB.texts().getLast());
        assertEquals(20, drops.of(DropReason.SEND_FAILED));
    }

    @Test
    void theBatchesLastDatagramMayFailToo() throws Exception {
        commit(toB("127.0.0.1"), "kept", 0);
        Carrier nowhere = a.carrierTo(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        commit(nowhere, "lost", 0);
        nowhere.flush(0);
        receive(1);
        assertEquals(1, drops.of(DropReason.SEND_FAILED));
    }

    @Test
    void aSourceThatIsRefusedIsForgottenWithoutItsDatagramOrItsClass() throws Exception {
        UdpCarrier wrong = from("192.0.2.77"); // not ours
        UdpCarrier right = from("127.0.0.3");
        for (int i = 0; i < 5; i++) {
            commit(wrong, "wrong", 2);
            commit(right, "right", 1);
        }
        right.flush(0);
        receive(10);
        assertEquals(List.of(2, 1, 2, 1, 2, 1, 2, 1, 2, 1), atB.trafficClasses());
        byte[] last = Arrays.copyOf(atB.last().source(), 4);
        assertArrayEquals(new byte[] {127, 0, 0, 3}, last);
        assertEquals(UdpAddress.NONE, wrong.here());
        assertEquals(0, drops.total());
    }

    @Test
    void aSourceThatIsRefusedCostsNoneOfThoseInOneBuffer() throws Exception {
        UdpCarrier wrong = from("192.0.2.77"); // not ours
        for (int i = 0; i < 5; i++) {
            commit(wrong, "wrong" + i, 0);
        }
        wrong.flush(0);
        receive(5);
        assertEquals(UdpAddress.NONE, wrong.here());
        assertEquals(0, drops.total());
    }

    @Test
    void aBatchOfLongestDatagramsArrivesWhole() throws Exception {
        Carrier carrier = toB("127.0.0.1");
        byte[] longest = new byte[UdpSocket.MAX_DATAGRAM];
        for (int i = 0; i < 20; i++) {
            Arrays.fill(longest, (byte) i);
            System.arraycopy(longest, 0, carrier.array(), carrier.reserve(1), longest.length);
            carrier.commit(longest.length, 2);
        }
        carrier.flush(0);
        receive(20);
        assertEquals(Collections.nCopies(20, 2), atB.trafficClasses());
        for (int i = 0; i < 20; i++) {
            Arrays.fill(longest, (byte) i);
            assertArrayEquals(longest, atB.datagrams().get(i));
        }
    }

    @Test
    void whatWaitsLeavesBeforeThePortChangesAndBeforeTheEnd() throws Exception {
        commit(toB("127.0.0.1"), "from the old port", 0);
        a.rebind(0);
        commit(toB("127.0.0.1"), "from the new one", 0);
        a.close();
        receive(2);
        assertEquals(List.of("from the old port", "from the new one"), atB.texts());
    }

    @Test
    void memoryIsNotTouchedAfterTheClose() throws IOException {
        UdpDescriptor descriptor = UdpDescriptor.open();
        descriptor.close();
        assertThrows(IllegalStateException.class, () -> descriptor.inbox().receive(1));
        assertThrows(IllegalStateException.class, () -> descriptor.inbox().take(0, new byte[9]));
        assertThrows(
                IllegalStateException.class,
                () -> descriptor.outbox().add(new byte[9], 9, UdpAddress.NONE, UdpAddress.NONE, 0));
    }
}
