package io.culvert.app.demo;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** tcpdump on the cable, from before the tunnel until after it. Confined to a thread. */
final class Wire {
    /**
     * What is written down: the first packet of each connection, each TLS ClientHello (RFC 8446
     * §5.1: record type 22, version 3.x, handshake type 1, which later records hide), and whatever
     * is neither TCP port 443 nor ARP.
     */
    private static final String FILTER =
            "(tcp dst port 443 and (tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn"
                    + " or (tcp[((tcp[12] & 0xf0) >> 2):2] = 0x1603"
                    + " and tcp[((tcp[12] & 0xf0) >> 2) + 5] = 1)))"
                    + " or not (tcp port 443 or arp)";

    private static final Pattern LISTENING = Pattern.compile("listening on");
    private static final Pattern CAPTURED = Pattern.compile("(?m)^(\\d+) packets? captured");
    private static final Pattern LOST = Pattern.compile("(?m)^(\\d+) packets? dropped by kernel");
    private static final long LIMIT_S = 10;

    private final Child tcpdump;

    private Wire(Child tcpdump) {
        this.tcpdump = tcpdump;
    }

    /** Starts to watch a device, and returns when it does. */
    static Wire watch(Place place, String device, Undo undo)
            throws IOException, InterruptedException {
        List<String> command =
                List.of("tcpdump", "-i", device, "-n", "-l", "-s", "128", "-Z", "root", FILTER);
        Child tcpdump = undo.add(place.start("tcpdump", command));
        tcpdump.await(LISTENING, LIMIT_S);
        return new Wire(tcpdump);
    }

    /**
     * What was seen.
     *
     * @param connections TCP connections opened to port 443
     * @param hellos TLS handshakes begun in them
     * @param strangers lines of tcpdump on everything else
     * @param lost packets that tcpdump could not look at
     */
    record Seen(int connections, int hellos, List<String> strangers, int lost) {
        /** Whether TLS connections were all, and nothing went unseen. */
        boolean isOnlyTls() {
            return connections > 0 && connections == hellos && strangers.isEmpty() && lost == 0;
        }
    }

    /** Stops watching. */
    Seen stop() throws IOException {
        tcpdump.close();
        return read(tcpdump.output());
    }

    static Seen read(String output) throws IOException {
        Matcher captured = CAPTURED.matcher(output);
        Matcher lost = LOST.matcher(output);
        if (!captured.find() || !lost.find()) {
            throw new IOException("tcpdump did not tell what it saw: " + output.strip());
        }
        List<String> packets =
                output.lines().filter(line -> line.matches("\\d\\d:\\d\\d:\\d\\d\\..*")).toList();
        List<String> web = packets.stream().filter(line -> line.contains(".443: Flags")).toList();
        int opened = (int) web.stream().filter(line -> line.contains("Flags [S")).count();
        return new Seen(
                opened,
                web.size() - opened,
                packets.stream().filter(line -> !web.contains(line)).toList(),
                Integer.parseInt(lost.group(1)));
    }
}
