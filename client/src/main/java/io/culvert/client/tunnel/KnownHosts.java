package io.culvert.client.tunnel;

import io.culvert.client.dial.AddressSource;
import io.culvert.client.dial.Backoff;
import io.culvert.config.PeerSection;
import io.culvert.config.TunnelFile;
import io.culvert.host.Remotes;
import io.culvert.ip.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The addresses of a tunnel file's hosts, looked up before the tunnel takes over the machine's name
 * service. Afterwards a look-up goes through the tunnel, which needs the address that it would
 * find: so there is no tunnel before there are addresses, and the dialers begin with these.
 * Thread-safe.
 */
public final class KnownHosts implements AddressSource {
    /** A name is often unknown because the network is not there yet: soon it will be. */
    private static final long LONGEST_PAUSE_NS = TimeUnit.SECONDS.toNanos(5);

    private final AddressSource resolver;
    private final Set<String> udp = new LinkedHashSet<>();
    private final Set<String> web = new LinkedHashSet<>();
    private final Map<String, List<InetAddress>> found = new ConcurrentHashMap<>();

    private KnownHosts(TunnelFile file, AddressSource resolver) {
        this.resolver = resolver;
        for (PeerSection peer : file.peers()) {
            if (peer.webSocket() != null) {
                web.add(bare(peer.webSocket().getHost()));
            } else if (peer.endpoint() != null) {
                udp.add(peer.endpoint().host());
            }
        }
    }

    /** The hosts that the file names, none of them looked up yet. */
    public static KnownHosts of(TunnelFile file) {
        return new KnownHosts(file, AddressSource.ofSystem());
    }

    /** With another resolver. */
    public static KnownHosts of(TunnelFile file, AddressSource resolver) {
        return new KnownHosts(file, resolver);
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /**
     * Looks the hosts up, again and again until each has an address, on a thread of its own; the
     * caller waits.
     *
     * @param stop ends the wait when it completes
     * @param missing told once, if it takes more than one look-up: the hosts without an address
     * @return whether each host has one
     */
    public boolean find(CompletableFuture<?> stop, Consumer<String> missing) {
        CompletableFuture<Void> over =
                CompletableFuture.runAsync(
                        () -> lookUpAll(stop, missing),
                        task -> Thread.ofPlatform().daemon().name("culvert-lookup").start(task));
        CompletableFuture.anyOf(stop, over).join();
        return unknown().isEmpty();
    }

    private void lookUpAll(CompletableFuture<?> stop, Consumer<String> missing) {
        Backoff backoff = new Backoff(new SplittableRandom());
        List<String> left = lookUpUnknown();
        if (!left.isEmpty() && !stop.isDone()) {
            missing.accept(String.join(", ", left));
        }
        while (!left.isEmpty() && !isOver(stop, Math.min(backoff.nextNs(), LONGEST_PAUSE_NS))) {
            left = lookUpUnknown();
        }
    }

    /** Waits; whether {@code stop} ended that. */
    private static boolean isOver(CompletableFuture<?> stop, long pauseNs) {
        try {
            stop.get(pauseNs, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private List<String> lookUpUnknown() {
        for (String host : unknown()) {
            try {
                lookup(host);
            } catch (UnknownHostException ignored) { // it stays among the unknown
            }
        }
        return unknown();
    }

    private List<String> unknown() {
        Set<String> all = new LinkedHashSet<>(udp);
        all.addAll(web);
        all.removeAll(found.keySet());
        return List.copyOf(all);
    }

    /** What the routes must leave beside the tunnel. */
    public Remotes remotes() {
        return new Remotes(addresses(udp), addresses(web));
    }

    private List<IpAddress> addresses(Collection<String> hosts) {
        List<IpAddress> all = new ArrayList<>();
        for (String host : hosts) {
            known(host).forEach(address -> all.add(IpAddress.of(address)));
        }
        return all;
    }

    /** What the last look-up that succeeded found. */
    @Override
    public List<InetAddress> known(String host) {
        return found.getOrDefault(host, List.of());
    }

    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        List<InetAddress> addresses = List.copyOf(resolver.lookup(host));
        found.put(host, addresses);
        return addresses;
    }
}
