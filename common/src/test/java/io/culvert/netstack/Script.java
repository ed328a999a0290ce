package io.culvert.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.BigEndian;
import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPacket;
import io.culvert.ip.TcpHeader;
import io.culvert.ip.VirtioHeader;
import io.culvert.stats.Drops;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with one flow of a stack, segment by segment. A segment is written as
 *
 * <pre>
 * FLAGS SEQUENCE[+LENGTH] [ack NUMBER] [win WINDOW] [&lt;OPTIONS&gt;]
 * </pre>
 *
 * with flags of {@code S F R P .} (the dot is ACK), numbers relative to each side's SYN, the window
 * as it stands in the header, and options like {@code mss 1000,sackOK,wscale 7,ts 5 0,sack 1:2}. Of
 * an expected segment only what is written is compared.
 */
final class Script {
    static final IpAddress LOCAL = IpAddress.parse("10.0.0.1");
    static final IpAddress REMOTE = IpAddress.parse("10.0.0.2");
    static final long MS = 1_000_000;

    private static final Pattern SEGMENT =
            Pattern.compile(
                    "([SFRP.]+) (-?\\d+)(?:\\+(\\d+))?(?: ack (-?\\d+))?(?: win (\\d+))?"
                            + "(?: <(.*)>)?");
    private static final int REMOTE_INITIAL = 0x7fff_ff00; // passes the sign in a few segments
    private static final int AT = 64;

    final NetStack stack;
    final Drops drops = new Drops();
    final PacketPool pool = new PacketPool();
    final List<String> told = new ArrayList<>();
    final List<TcpRequest> requests = new ArrayList<>();
    long nowNs = 5_000_000_000L;
    int localPort;
    int remotePort = 80;
    private int localInitial;
    private boolean isInitialKnown;
    private @Nullable TcpFlow flow;

    Script() {
        this(TcpTimings.defaults(), false);
    }

    Script(TcpTimings timings, boolean hasSuperPackets) {
        StackSetup setup =
                new StackSetup(
                        List.of(LOCAL),
                        new StackSetup.Link(1500, hasSuperPackets, false),
                        StackLimits.defaults(),
                        timings,
                        new StackSetup.Secrets(new Random(1), new StackSetup.Key(new byte[16])),
                        drops);
        stack = new NetStack(setup, Arrivals.NONE, () -> {});
    }

    /** The flow, once there is one. */
    TcpFlow flow() {
        TcpFlow known = flow;
        assertNotNull(known);
        return known;
    }

    /** Writes down what a flow tells. */
    private final class Recorder implements TcpFlow.Listener {
        @Override
        public void onConnected(TcpFlow connected) {
            told.add("connected");
        }

        @Override
        public void onReadable(TcpFlow from) {
            told.add("readable " + from.available());
        }

        @Override
        public void onWritable(TcpFlow to) {
            told.add("writable");
        }

        @Override
        public void onRemoteEnd(TcpFlow from) {
            told.add("end");
        }

        @Override
        public void onClosed(TcpFlow closed, End end) {
            told.add("closed " + end);
        }
    }

    /** Opens a flow; its SYN is to be expected. */
    Script connect() {
        stack.tick(nowNs);
        flow = stack.connect(new Endpoint(REMOTE, remotePort), new Recorder());
        localPort = flow.local().port();
        return this;
    }

    /** Listens at a port; what is asked for is put into {@link #requests}. */
    Script listen(int port) {
        localPort = port;
        remotePort = 40_000;
        stack.listen(
                new Endpoint(LOCAL, port),
                new TcpArrivals() {
                    @Override
                    public void onTcp(TcpRequest request) {
                        requests.add(request);
                    }

                    @Override
                    public void onTcpCancelled(TcpRequest request) {
                        told.add("cancelled");
                    }
                });
        return this;
    }

    /** Accepts the last request. */
    Script accept() {
        flow = requests.getLast().accept(new Recorder());
        return this;
    }

    /** A flow that is open: segments of 1000 bytes, a window of 65,535, SACK. */
    Script open() {
        return open("mss 1000,sackOK");
    }

    /** The same with other options; with timestamps the other side's are at 1. */
    Script open(String options) {
        String answer = options.replace("ts", "ts 1 0");
        connect().expect("S 0").after(10);
        inject("S. 0 ack 1 win 65535 <" + answer + ">");
        expect(". 1 ack 1");
        assertEquals(List.of("connected"), told);
        told.clear();
        return this;
    }

    /** Writes so many bytes. */
    Script write(int bytes) {
        assertEquals(bytes, flow().write(new byte[bytes], 0, bytes));
        return this;
    }

    /** Reads so many bytes. */
    Script read(int bytes) {
        assertEquals(bytes, flow().read(new byte[bytes], 0, bytes));
        return this;
    }

    /** A segment of the other side comes in. */
    Script inject(String text) {
        Matcher parts = SEGMENT.matcher(text);
        assertTrue(parts.matches(), text);
        byte[] array = new byte[2 * AT + 70_000];
        FlowKey key = new FlowKey(new Endpoint(REMOTE, remotePort), new Endpoint(LOCAL, localPort));
        int tcp = AT + 20;
        BigEndian.putShort(array, tcp, remotePort);
        BigEndian.putShort(array, tcp + 2, localPort);
        BigEndian.putInt(array, tcp + 4, REMOTE_INITIAL + Integer.parseInt(parts.group(2)));
        String ack = parts.group(4);
        if (ack != null) {
            BigEndian.putInt(array, tcp + 8, localInitial + Integer.parseInt(ack));
        }
        String window = parts.group(5);
        BigEndian.putShort(array, tcp + 14, window == null ? 65_535 : Integer.parseInt(window));
        int end = SegmentText.putOptions(array, tcp + 20, parts.group(6), localInitial);
        array[tcp + 12] = (byte) (((end - tcp) / 4) << 4);
        TcpHeader.putFlags(array, tcp, SegmentText.flagsOf(parts.group(1)));
        end += parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3));
        IpWriter.put(array, AT, key, IpPacket.TCP, end - tcp);
        long sum = io.culvert.ip.Checksum.pseudoHeader(array, AT, IpPacket.TCP, end - tcp);
        sum = io.culvert.ip.Checksum.add(sum, array, tcp, end - tcp);
        TcpHeader.putChecksum(array, tcp, io.culvert.ip.Checksum.finish(sum));
        stack.receive(array, AT, end - AT, nowNs);
        return this;
    }

    /** The next segment that goes out is like this. */
    Script expect(String text) {
        Packet packet = stack.poll(pool, nowNs);
        assertNotNull(packet, "nothing went out where " + text + " was expected; told " + told);
        String found = describe(packet);
        packet.release();
        Matcher wanted = SEGMENT.matcher(text);
        Matcher parts = SEGMENT.matcher(found);
        assertTrue(wanted.matches() && parts.matches(), text + " | " + found);
        for (int i = 1; i <= 5; i++) {
            String field = wanted.group(i);
            boolean isMissing = i == 3 && field == null && parts.group(i) != null;
            if (field != null || isMissing) {
                assertEquals(field, parts.group(i), "expected " + text + " but was " + found);
            }
        }
        String options = wanted.group(6);
        if (options != null) {
            assertTrue(found.contains(options), "expected " + text + " but was " + found);
        }
        return this;
    }

    private String describe(Packet packet) {
        byte[] array = packet.array();
        Inbound read = new Inbound();
        Segment segment = new Segment();
        assertTrue(read.read(array, packet.offset(), packet.length()), "a bad packet");
        assertEquals(IpPacket.TCP, read.protocol());
        assertTrue(segment.read(read), "a bad segment");
        int tcp = read.transport();
        int sequence = segment.sequence();
        if (segment.has(TcpHeader.SYN)) {
            localInitial = sequence;
            isInitialKnown = true;
        }
        int flags = TcpHeader.flags(array, tcp);
        StringBuilder text = new StringBuilder(SegmentText.flags(flags));
        text.append(' ').append(isInitialKnown ? sequence - localInitial : sequence);
        if (segment.dataLength() > 0) {
            text.append('+').append(segment.dataLength());
        }
        if (segment.has(TcpHeader.ACK)) {
            text.append(" ack ").append(segment.acknowledgment() - REMOTE_INITIAL);
        }
        text.append(" win ").append(segment.window());
        text.append(" <")
                .append(SegmentText.options(array, tcp + 20, segment.data(), REMOTE_INITIAL))
                .append('>');
        if (VirtioHeader.gsoSize(array, packet.offset()) > 0) {
            text.insert(text.length() - 1, ",gso " + VirtioHeader.gsoSize(array, packet.offset()));
        }
        return text.toString();
    }

    /** Whatever goes out now is taken. */
    Script take() {
        Packet packet = stack.poll(pool, nowNs);
        if (packet != null) {
            packet.release();
        }
        return this;
    }

    /** The same; answers whether there was something. */
    boolean takes() {
        Packet packet = stack.poll(pool, nowNs);
        if (packet != null) {
            packet.release();
        }
        return packet != null;
    }

    /** Nothing goes out now. */
    Script expectNothing() {
        Packet packet = stack.poll(pool, nowNs);
        assertNull(packet, () -> packet == null ? "" : describe(packet));
        return this;
    }

    /** Nothing goes out for so long. */
    Script quiet(long ms) {
        long endNs = nowNs + ms * MS;
        while (nowNs < endNs) {
            expectNothing();
            pass(endNs);
        }
        return this;
    }

    /** So much time passes; what goes out then waits to be expected. */
    Script after(long ms) {
        long endNs = nowNs + ms * MS;
        while (nowNs < endNs) {
            pass(endNs);
        }
        return this;
    }

    private void pass(long endNs) {
        nowNs = Math.min(endNs, Math.max(nowNs + 1, stack.nextDeadlineNs()));
        stack.tick(nowNs);
    }

    /** So much was told since the last time this was asked. */
    Script told(String... events) {
        assertEquals(List.of(events), told);
        told.clear();
        return this;
    }

    /** The flow is in this state. */
    Script is(TcpState state) {
        assertEquals(state, flow().state());
        return this;
    }

    /** No flow and no memory is left; connections may linger. */
    void assertOver() {
        expectNothing();
        StackStatus status = stack.status();
        assertEquals(List.of(), status.tcp());
        assertEquals(0, status.bufferBytes());
        assertEquals(0, stack.context().sents.inUse());
        assertEquals(0, pool.leased());
        assertEquals(0, stack.context().outlet.leased());
    }

    /** The clock of our timestamps now, as the other side would echo it. */
    int clock(int offsetMs) {
        return stack.context().timestamp(flow().receiver().timestampOffset()) + offsetMs;
    }
}
