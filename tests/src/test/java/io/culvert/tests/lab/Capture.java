package io.culvert.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What tcpdump saw on one device, read back as flows. Confined to the test's thread. */
public final class Capture implements AutoCloseable {
    private static final int MAGIC = 0xa1b2c3d4;
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET = 14;

    private final Path file;
    private final Running tcpdump;

    /** One packet, as far as a leak test cares; ports are 0 where the protocol has none. */
    public record Seen(
            int etherType, int protocol, String from, int fromPort, String to, int toPort) {

        /** ARP, neighbour discovery, multicast listener reports: the cable's own business. */
        public boolean isLinkLocal() {
            boolean discovery = protocol == 58 && fromPort >= 130 && fromPort <= 143;
            return etherType == 0x0806
                    || protocol == 2
                    || discovery
                    || (etherType == 0x86dd && protocol == 0);
        }

        public boolean isDns() {
            return toPort == 53 || fromPort == 53;
        }

        /** True for both directions between {@code port} of {@code address} and anybody. */
        public boolean touches(String address, int port) {
            return (to.equals(address) && toPort == port)
                    || (from.equals(address) && fromPort == port);
        }

        @Override
        public String toString() {
            return "%04x/%d %s %d > %s %d"
                    .formatted(etherType, protocol, from, fromPort, to, toPort);
        }
    }

    Capture(Namespace where, String device, Path file) {
        this.file = file;
        this.tcpdump =
                where.start(
                        "tcpdump",
                        "-i",
                        device,
                        "-s",
                        "96",
                        "-U",
                        "-B",
                        "16384",
                        "--immediate-mode",
                        "-Z",
                        "root",
                        "-w",
                        file.toString());
        tcpdump.awaitLine("listening on", Duration.ofSeconds(10));
    }

    /** Stops, and tells everything that was seen, in its order. */
    public List<Seen> stop() {
        tcpdump.signal("INT");
        Outcome outcome = tcpdump.awaitExit(Duration.ofSeconds(10));
        if (!outcome.err().contains("0 packets dropped by kernel")) {
            throw new AssertionError("the capture has holes: " + outcome);
        }
        try {
            return parse(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        tcpdump.close();
    }

    static List<Seen> parse(byte[] bytes) {
        ByteBuffer pcap = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        if (pcap.getInt(0) != MAGIC) {
            throw new AssertionError("no pcap file");
        }
        List<Seen> seen = new ArrayList<>();
        int at = FILE_HEADER;
        while (at + RECORD_HEADER <= bytes.length) {
            int length = pcap.getInt(at + 8);
            int start = at + RECORD_HEADER;
            if (start + length > bytes.length) {
                break; // tcpdump was ended in mid-record
            }
            seen.add(packet(Arrays.copyOfRange(bytes, start, start + length)));
            at = start + length;
        }
        return seen;
    }

    private static Seen packet(byte[] frame) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        int type = Short.toUnsignedInt(b.getShort(12));
        return switch (type) {
            case 0x0800 -> {
                int header = (frame[ETHERNET] & 0xf) * 4;
                yield seen(b, type, frame[ETHERNET + 9] & 0xff, 12, header);
            }
            case 0x86dd -> seen(b, type, frame[ETHERNET + 6] & 0xff, 8, 40);
            default -> new Seen(type, 0, "", 0, "", 0);
        };
    }

    private static Seen seen(ByteBuffer b, int type, int protocol, int addresses, int header) {
        int size = type == 0x0800 ? 4 : 16;
        String from = address(b, ETHERNET + addresses, size);
        String to = address(b, ETHERNET + addresses + size, size);
        int at = ETHERNET + header;
        int fromPort = 0;
        int toPort = 0;
        if ((protocol == 6 || protocol == 17) && at + 4 <= b.limit()) {
            fromPort = Short.toUnsignedInt(b.getShort(at));
            toPort = Short.toUnsignedInt(b.getShort(at + 2));
        } else if (protocol == 58 && at < b.limit()) {
            fromPort = b.get(at) & 0xff;
        }
        return new Seen(type, protocol, from, fromPort, to, toPort);
    }

    private static String address(ByteBuffer b, int at, int size) {
        byte[] bytes = new byte[size];
        b.get(at, bytes);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
