package io.culvert.client.proxy.dns;

import io.culvert.client.proxy.dns.Answer.None;
import io.culvert.client.proxy.dns.Answer.Reason;
import io.culvert.loop.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Names to addresses by the tunnel's servers. What they said holds for its TTL, that there is
 * nothing too (RFC 2308); who asks what is asked already waits for the same response. Confined to
 * the loop.
 */
public final class Resolver {
    private static final int MOST_ENTRIES = 4_096;
    private static final int MOST_NAME_CHARS = 253;
    private static final long MOST_SECONDS = TimeUnit.DAYS.toSeconds(1);

    /** Failures are not asked for again at once, or a page with a hundred parts asks as often. */
    private static final long FAILURE_NS = TimeUnit.SECONDS.toNanos(1);

    private final DnsServers servers;
    private final EventLoop loop;
    private final LongSupplier nowNs;
    private final List<String> searchDomains;
    private final DnsCodec codec = new DnsCodec();
    private final ExpiringCache<Key, Answer> cache = new ExpiringCache<>(MOST_ENTRIES);
    private final Map<Key, Pending> pending = new HashMap<>();

    /**
     * A resolver that knows nothing yet.
     *
     * @param searchDomains tried in turn behind names of one label, before these alone
     */
    public Resolver(
            DnsServers servers, EventLoop loop, LongSupplier nowNs, List<String> searchDomains) {
        this.servers = servers;
        this.loop = loop;
        this.nowNs = nowNs;
        this.searchDomains = List.copyOf(searchDomains);
    }

    /** A lookup that may be given up. */
    @FunctionalInterface
    public interface Lookup {
        /** The answer is not wanted any more. A second call, or one after it, does nothing. */
        void cancel();
    }

    private record Key(String name, boolean isIpv6) {}

    /** Asks for a name's addresses of one family; the answer always comes later than the return. */
    public Lookup lookup(String name, boolean isIpv6, Consumer<Answer> waiter) {
        Search search = new Search(candidates(name), isIpv6, waiter);
        search.next(new None(Reason.NO_SUCH_NAME));
        return search;
    }

    private List<String> candidates(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".")) {
            return List.of(lower.substring(0, lower.length() - 1));
        }
        List<String> names = new ArrayList<>();
        if (!lower.contains(".")) {
            searchDomains.forEach(domain -> names.add(lower + "." + domain));
        }
        names.add(lower);
        names.removeIf(candidate -> candidate.length() > MOST_NAME_CHARS);
        return names;
    }

    /** Ends what is under way without a word. */
    public void close() {
        pending.clear();
        servers.close();
    }

    /** One who asks, and the names yet to try for it. Confined to the loop. */
    private final class Search implements Lookup {
        private final List<String> names;
        private final boolean isIpv6;
        private final Consumer<Answer> waiter;
        private int tried;
        private boolean isOver;

        /** What the last name waits for; null when that was known. */
        private @Nullable Pending waitsFor;

        Search(List<String> names, boolean isIpv6, Consumer<Answer> waiter) {
            this.names = names;
            this.isIpv6 = isIpv6;
            this.waiter = waiter;
        }

        void next(Answer last) {
            if (tried == names.size()) {
                loop.execute(() -> tell(last));
                return;
            }
            Key key = new Key(names.get(tried++), isIpv6);
            var known = cache.get(key, nowNs.getAsLong());
            if (known != null) {
                waitsFor = null;
                loop.execute(() -> onAnswer(known.value()));
                return;
            }
            waitsFor = join(key, this);
            if (waitsFor == null) {
                boolean isNobody = servers.addresses().isEmpty();
                Reason reason = isNobody ? Reason.SILENCE : Reason.OVERLOADED;
                loop.execute(() -> tell(new None(reason)));
            }
        }

        void onAnswer(Answer answer) {
            if (isOver) {
                return;
            }
            if (answer.equals(new None(Reason.NO_SUCH_NAME)) && tried < names.size()) {
                next(answer);
            } else {
                tell(answer);
            }
        }

        private void tell(Answer answer) {
            if (!isOver) {
                isOver = true;
                waiter.accept(answer);
            }
        }

        @Override
        public void cancel() {
            isOver = true;
            if (waitsFor != null) {
                waitsFor.leave(this);
            }
        }
    }

    /** The question that answers the key, asked already or now; null where it cannot be. */
    private @Nullable Pending join(Key key, Search search) {
        Pending asked = pending.get(key);
        if (asked == null) {
            asked = new Pending(key);
            byte[] query = codec.query(key.name(), key.isIpv6());
            asked.exchange = servers.ask(query, Exchange.Way.UDP_THEN_TCP, asked);
            if (asked.exchange == null) {
                return null;
            }
            pending.put(key, asked);
        }
        asked.searches.add(search);
        return asked;
    }

    /** A question under way, and all who wait for it. Confined to the loop. */
    private final class Pending implements Exchange.Waiter {
        private final Key key;
        private final List<Search> searches = new ArrayList<>();

        /** Null until asked. */
        private @Nullable Exchange exchange;

        Pending(Key key) {
            this.key = key;
        }

        @Override
        public void onResponse(byte[] response) {
            Answer answer = codec.answer(response, key.isIpv6());
            long seconds = Math.min(MOST_SECONDS, DnsLayout.lifetimeSeconds(response));
            boolean isFailure = answer.equals(new None(Reason.SERVERS_FAIL));
            settle(answer, isFailure ? FAILURE_NS : TimeUnit.SECONDS.toNanos(seconds));
        }

        @Override
        public void onSilence() {
            settle(new None(Reason.SILENCE), FAILURE_NS);
        }

        private void settle(Answer answer, long forNs) {
            cache.put(key, answer, nowNs.getAsLong(), forNs);
            pending.remove(key);
            List.copyOf(searches).forEach(search -> search.onAnswer(answer));
        }

        void leave(Search search) {
            searches.remove(search);
            if (searches.isEmpty() && exchange != null && pending.remove(key, this)) {
                exchange.cancel();
            }
        }
    }
}
