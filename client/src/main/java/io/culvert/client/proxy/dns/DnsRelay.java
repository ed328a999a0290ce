package io.culvert.client.proxy.dns;

import io.culvert.client.proxy.Garbage;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Answers whole queries of local programs by the tunnel's servers. A response is given again, with
 * its lifetimes shortened, to exactly the same query by the same way for as long as it holds.
 * Confined to the loop.
 */
public final class DnsRelay {
    private static final int MOST_ENTRIES = 2_048;

    /** Larger queries are passed on but their responses are not kept. */
    private static final int MOST_KEPT_QUERY_BYTES = 512;

    private static final int MOST_KEPT_RESPONSE_BYTES = 4_096;
    private static final long MOST_SECONDS = TimeUnit.DAYS.toSeconds(1);

    private final DnsServers servers;
    private final LongSupplier nowNs;
    private final Garbage garbage;
    private final ExpiringCache<Key, byte[]> cache = new ExpiringCache<>(MOST_ENTRIES);

    /** A relay that knows nothing yet. */
    public DnsRelay(DnsServers servers, LongSupplier nowNs, Garbage garbage) {
        this.servers = servers;
        this.nowNs = nowNs;
        this.garbage = garbage;
    }

    /** A query without its id. */
    private record Key(ByteBuffer rest, boolean viaTcp) {}

    /**
     * Answers one query, now or later; one that is none is dropped.
     *
     * @param reply given a message that is its own, at most once
     */
    public void answer(byte[] query, boolean viaTcp, Consumer<byte[]> reply) {
        if (!DnsLayout.isQuery(query)) {
            garbage.count(Garbage.Kind.BAD_DNS_QUERY);
            return;
        }
        Key key = new Key(ByteBuffer.wrap(query, 2, query.length - 2).slice(), viaTcp);
        var known = cache.get(key, nowNs.getAsLong());
        if (known != null) {
            byte[] response = known.value().clone();
            long agedNs = nowNs.getAsLong() - known.sinceNs();
            DnsLayout.age(response, TimeUnit.NANOSECONDS.toSeconds(agedNs));
            reply(query, response, reply);
            return;
        }
        Exchange.Way way = viaTcp ? Exchange.Way.TCP : Exchange.Way.UDP;
        Exchange.Waiter waiter = waiter(query, key, reply);
        if (servers.ask(query, way, waiter) == null) {
            waiter.onSilence();
        }
    }

    private Exchange.Waiter waiter(byte[] query, Key key, Consumer<byte[]> reply) {
        return new Exchange.Waiter() {
            @Override
            public void onResponse(byte[] response) {
                keep(key, response);
                reply(query, response, reply);
            }

            @Override
            public void onSilence() {
                reply(query, DnsLayout.bareResponse(query, DnsLayout.SERVER_FAILURE), reply);
            }
        };
    }

    private void keep(Key key, byte[] response) {
        boolean isSmall =
                key.rest().remaining() <= MOST_KEPT_QUERY_BYTES
                        && response.length <= MOST_KEPT_RESPONSE_BYTES;
        if (isSmall) {
            long seconds = Math.min(MOST_SECONDS, DnsLayout.lifetimeSeconds(response));
            cache.put(key, response.clone(), nowNs.getAsLong(), TimeUnit.SECONDS.toNanos(seconds));
        }
    }

    private static void reply(byte[] query, byte[] response, Consumer<byte[]> reply) {
        DnsLayout.setId(response, DnsLayout.id(query));
        reply.accept(response);
    }
}
