package io.culvert.bench;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.noise.CookieGenerator;
import io.culvert.noise.InitiationSent;
import io.culvert.noise.LocalIdentity;
import io.culvert.noise.RemoteIdentity;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.wire.CookieReply;
import io.culvert.wire.Initiation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * A flood of initiations, for {@code bench/flood}: so many a second, for so long, from so many
 * addresses, by keys that nobody knows. Confined to its thread.
 *
 * <pre>
 * Flood KIND RATE SECONDS HOST PORT PUBLIC-KEY FIRST-SOURCE SOURCES
 * </pre>
 *
 * <p>The messages are made before the first is sent, one a source, and sent again and again: what
 * is asked of their receiver is the same, and their sender needs little of the processor.
 */
final class Flood {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long NS_PER_S = 1_000_000_000L;
    private static final int COOKIE_WAITS_MS = 2000;
    private static final int MOST_SECONDS = 60;

    /** What is right about the messages. */
    private enum Kind {
        /** Nothing. */
        BAD,
        /** Their mac1, so that they cost a cookie or more. */
        GOOD,
        /** Their mac2 too: each source has fetched a cookie, and cost an agreement of keys. */
        PROVEN
    }

    private final SecureRandom random = new SecureRandom();
    private final LocalIdentity caller = new LocalIdentity(PrivateKey.generate(random));
    private final RemoteIdentity callee;
    private final InetSocketAddress target;
    private final List<Sender> senders = new ArrayList<>();

    private Flood(PublicKey callee, InetSocketAddress target) {
        this.callee = new RemoteIdentity(caller, callee, PresharedKey.NONE);
        this.target = target;
    }

    /** One source with its message. */
    private final class Sender {
        final DatagramChannel channel;
        final byte[] bytes = new byte[Initiation.LENGTH];
        final CookieGenerator cookies = new CookieGenerator(callee);
        ByteBuffer message = ByteBuffer.allocateDirect(bytes.length);
        boolean hasCookie;

        Sender(InetAddress source) throws IOException {
            channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(source, 0)).configureBlocking(false);
        }

        void sign() {
            cookies.addMacs(bytes, bytes.length, 0);
            message = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        }

        void send() throws IOException {
            channel.send(message.rewind(), target);
        }

        /** True once the receiver, being under load, has given a cookie. */
        boolean fetchCookie() throws IOException {
            ByteBuffer reply = ByteBuffer.allocate(2048);
            while (!hasCookie && channel.receive(reply.clear()) != null) {
                if (reply.position() == CookieReply.LENGTH) {
                    hasCookie = cookies.consumeReply(reply.array(), 0, 0);
                }
            }
            return hasCookie;
        }
    }

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Kind kind = Kind.valueOf(args[0].toUpperCase(Locale.ROOT));
        int rate = Integer.parseInt(args[1]);
        int seconds = Math.min(MOST_SECONDS, Integer.parseInt(args[2]));
        InetAddress host = InetAddress.ofLiteral(args[3]);
        InetSocketAddress target = new InetSocketAddress(host, Integer.parseInt(args[4]));
        Flood flood = new Flood(PublicKey.parse(args[5]), target);
        flood.prepare(kind, InetAddress.ofLiteral(args[6]), Integer.parseInt(args[7]));
        System.out.println("flooding");
        System.out.printf("sent %d in %d s%n", flood.run(rate, seconds), seconds);
    }

    private void prepare(Kind kind, InetAddress first, int sources) throws IOException {
        TimestampSource timestamps = new TimestampSource(WallClock.system());
        byte[] initiation = new byte[Initiation.LENGTH];
        var start = new InitiationSent.Start(random.nextInt(), timestamps.next());
        InitiationSent.begin(caller, callee, start, random, initiation);
        int base = ByteBuffer.wrap(first.getAddress()).getInt();
        for (int i = 0; i < sources; i++) {
            byte[] address = ByteBuffer.allocate(Integer.BYTES).putInt(base + i).array();
            Sender sender = new Sender(InetAddress.getByAddress(address));
            System.arraycopy(initiation, 0, sender.bytes, 0, initiation.length);
            sender.sign();
            if (kind == Kind.BAD) {
                sender.message.put(Initiation.MAC1, (byte) ~sender.bytes[Initiation.MAC1]);
            }
            senders.add(sender);
        }
        if (kind == Kind.PROVEN) {
            fetchCookies();
        }
    }

    private void fetchCookies() throws IOException {
        int missing = senders.size();
        for (int tries = 0; missing > 0 && tries < COOKIE_WAITS_MS / 100; tries++) {
            missing = 0;
            for (Sender sender : senders) {
                if (!sender.fetchCookie()) {
                    missing++;
                    sender.sign();
                    sender.send();
                }
            }
            LockSupport.parkNanos(100 * NS_PER_MS);
        }
        for (Sender sender : senders) {
            sender.sign();
        }
        System.out.printf(
                "%d of %d sources have a cookie%n", senders.size() - missing, senders.size());
    }

    private long run(int rate, int seconds) throws IOException {
        long beginNs = System.nanoTime();
        long most = (long) rate * seconds;
        long sent = 0;
        while (sent < most) {
            long passedNs = System.nanoTime() - beginNs;
            long due = Math.min(most, (long) ((double) passedNs / NS_PER_S * rate));
            // What a busy machine made us miss is not made up for in a burst.
            sent = Math.max(sent, due - rate / 100);
            for (; sent < due; sent++) {
                senders.get((int) (sent % senders.size())).send();
            }
            LockSupport.parkNanos(NS_PER_MS);
        }
        return sent;
    }
}
