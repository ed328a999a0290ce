package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.crypto.PresharedKey;
import io.culvert.ip.IpPrefix;
import io.culvert.wire.MessageType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Engines in virtual time, joined by a wire that delivers at once or loses what the test says. The
 * clock wraps half a minute after each start, so every timer is tested across that too.
 */
final class Rig {
    static final long SECOND_NS = 1_000_000_000L;
    static final long START_NS = Long.MAX_VALUE - 30 * SECOND_NS;

    /** A datagram that was sent, whether it arrived or not. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Datagram(long atNs, String from, String to, byte[] bytes) {
        @Nullable MessageType type() {
            return MessageType.of(bytes, 0, bytes.length);
        }

        boolean is(MessageType type) {
            return type == type();
        }

        boolean isKeepalive() {
            return is(MessageType.TRANSPORT) && bytes.length == 32;
        }

        boolean isData() {
            return is(MessageType.TRANSPORT) && bytes.length > 32;
        }

        /** Seconds since the start. */
        double second() {
            return (atNs - START_NS) / 1e9;
        }
    }

    final List<Datagram> log = new ArrayList<>();
    final List<Host> hosts = new ArrayList<>();
    final SeededRandom random;

    private final ArrayDeque<Datagram> wire = new ArrayDeque<>();
    private Predicate<Datagram> loss = datagram -> false;
    long nowNs = START_NS;

    Rig() {
        this(1);
    }

    Rig(long seed) {
        random = new SeededRandom(seed);
    }

    Host host(int number) {
        Host host = new Host(this, number, random);
        hosts.add(host);
        return host;
    }

    /** Makes the two peers of each other; the first knows where the second is. */
    void join(Host first, Host second) {
        join(first, second, PresharedKey.NONE, 0);
    }

    void join(Host first, Host second, PresharedKey psk, int keepaliveSeconds) {
        first.add(second, psk, keepaliveSeconds);
        second.add(first, psk, 0);
        first.connect(second);
    }

    /** From now on what matches is lost. */
    void lose(Predicate<Datagram> lost) {
        loss = lost;
    }

    void loseAll() {
        lose(datagram -> true);
    }

    void loseNothing() {
        lose(datagram -> false);
    }

    void send(Datagram datagram) {
        log.add(datagram);
        if (!loss.test(datagram)) {
            wire.add(datagram);
        }
    }

    /** Delivers what is on the wire, and what that leads to. */
    void settle() {
        for (int i = 0; !wire.isEmpty(); i++) {
            if (i == 100_000) {
                throw new AssertionError("the engines never stop talking");
            }
            deliver(wire.removeFirst());
        }
    }

    private void deliver(Datagram datagram) {
        for (Host host : hosts) {
            if (host.address.equals(datagram.to())) {
                host.receive(datagram.bytes(), datagram.from());
            }
        }
    }

    /** Lets time pass, with every timer at its own moment. */
    void run(double seconds) {
        long endNs = nowNs + Math.round(seconds * SECOND_NS);
        settle();
        while (true) {
            long nextNs = endNs;
            for (Host host : hosts) {
                long deadlineNs = host.tunnel.nextDeadlineNs(nowNs);
                nextNs = deadlineNs - nextNs < 0 ? deadlineNs : nextNs;
            }
            nowNs = nextNs - nowNs > 0 ? nextNs : nowNs;
            hosts.forEach(host -> host.tunnel.tick(nowNs));
            settle();
            if (nextNs == endNs) {
                return;
            }
        }
    }

    /** Runs until that many seconds after the start. */
    void runTo(double second) {
        run((START_NS - nowNs) / 1e9 + second);
    }

    List<Datagram> sent(Host from, Predicate<Datagram> kind) {
        return log.stream().filter(d -> d.from().equals(from.address)).filter(kind).toList();
    }

    List<Datagram> initiations(Host from) {
        return sent(from, d -> d.is(MessageType.INITIATION));
    }

    List<Datagram> responses(Host from) {
        return sent(from, d -> d.is(MessageType.RESPONSE));
    }

    List<Datagram> keepalives(Host from) {
        return sent(from, Datagram::isKeepalive);
    }

    List<Datagram> data(Host from) {
        return sent(from, Datagram::isData);
    }

    /** A rig of hosts 1 and 2 that share keys, made by host 1 at the start. */
    static Rig joined() {
        return joined(0);
    }

    /** The same, host 1 having a persistent keepalive. */
    static Rig joined(int keepaliveSeconds) {
        Rig rig = new Rig();
        rig.join(rig.host(1), rig.host(2), PresharedKey.NONE, keepaliveSeconds);
        rig.first().packet(2, 1);
        rig.settle();
        assertEquals(List.of(1L), rig.second().received);
        rig.log.clear();
        return rig;
    }

    Host first() {
        return hosts.get(0);
    }

    Host second() {
        return hosts.get(1);
    }

    static IpPrefix only(int host) {
        return IpPrefix.parse("10.0.0." + host + "/32");
    }
}
