package io.culvert.client.proxy.dns;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.Inside;
import io.culvert.ip.IpAddress;
import io.culvert.loop.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The tunnel's DNS servers, reached through the tunnel. Confined to the loop. */
public final class DnsServers {
    /** Questions under way at once; each has a socket inside. */
    static final int MOST_QUESTIONS = 1_024;

    private final Inside inside;
    private final EventLoop loop;
    private final List<IpAddress> addresses;
    private final RandomGenerator random;
    private final Garbage garbage;
    private final Set<Exchange> underWay = new LinkedHashSet<>();

    /**
     * Servers that nobody has asked yet.
     *
     * @param random for ids: one that cannot be predicted
     */
    public DnsServers(
            Inside inside,
            EventLoop loop,
            List<IpAddress> addresses,
            RandomGenerator random,
            Garbage garbage) {
        this.inside = inside;
        this.loop = loop;
        this.addresses = List.copyOf(addresses);
        this.random = random;
        this.garbage = garbage;
    }

    /**
     * Puts a question; what becomes of it is told later.
     *
     * @param query a whole message, with any id
     * @return null when there is no server, or too many questions are under way
     */
    @Nullable Exchange ask(byte[] query, Exchange.Way way, Exchange.Waiter waiter) {
        if (addresses.isEmpty() || underWay.size() >= MOST_QUESTIONS) {
            return null;
        }
        Exchange exchange = new Exchange(this, query, way, waiter);
        underWay.add(exchange);
        loop.execute(exchange::startUnlessCancelled);
        return exchange;
    }

    /** Ends all questions without a word. */
    public void close() {
        List.copyOf(underWay).forEach(Exchange::cancel);
    }

    List<IpAddress> addresses() {
        return addresses;
    }

    Inside inside() {
        return inside;
    }

    EventLoop loop() {
        return loop;
    }

    RandomGenerator random() {
        return random;
    }

    /** How many questions are under way. */
    public int underWay() {
        return underWay.size();
    }

    void countStrange() {
        garbage.count(Garbage.Kind.BAD_DNS_RESPONSE);
    }

    void remove(Exchange exchange) {
        underWay.remove(exchange);
    }
}
