package io.culvert.app.init;

import io.culvert.app.run.WrongInput;
import io.culvert.client.proxy.Target;
import io.culvert.crypto.PrivateKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A gateway and its peers, with the keys that were made for them. Immutable.
 *
 * @param host where clients reach the gateway, as a URL has it
 * @param port where it listens for TLS
 * @param isUserspace whether the gateway needs no root
 * @param prefixes the tunnel's
 * @param dns what peers ask for names
 */
record InitPlan(
        String host,
        int port,
        boolean isUserspace,
        List<IpPrefix> prefixes,
        List<IpAddress> dns,
        PrivateKey key,
        List<Peer> peers) {
    /** Where stock WireGuard clients reach the gateway, by UDP. */
    static final int UDP_PORT = 51_820;

    private static final int HTTPS_PORT = 443;
    private static final int HIGH_PORT = 8_443;
    private static final int MOST_PEERS = 1_000;

    /** What wg-quick takes for the name of an interface. */
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_=+.-]{1,15}");

    /** Names that the gateway's own files have, or that are no files. */
    private static final Set<String> TAKEN = Set.of("wg0", ".", "..");

    /** Keeps copies. */
    InitPlan {
        prefixes = List.copyOf(prefixes);
        dns = List.copyOf(dns);
        peers = List.copyOf(peers);
    }

    /**
     * One peer. Immutable.
     *
     * @param name of its file and its interface
     * @param addresses one of each of the tunnel's prefixes
     */
    record Peer(String name, List<IpAddress> addresses, PrivateKey key) {
        /** Keeps a copy. */
        Peer {
            addresses = List.copyOf(addresses);
        }

        String file() {
            return name + ".conf";
        }
    }

    /**
     * What this machine may do. Immutable.
     *
     * @param hasTun whether it may make a TUN device
     * @param hasLowPorts whether it may listen below 1024
     * @param address of its own, as a host in a URL; empty when it has none that others could use
     */
    record Here(boolean hasTun, boolean hasLowPorts, String address) {}

    /**
     * What the wish comes to on this machine.
     *
     * @throws WrongInput in one line
     */
    static InitPlan of(InitWish wish, Here here, SecureRandom random) throws WrongInput {
        String endpoint = wish.endpoint() == null ? here.address() : wish.endpoint();
        if (endpoint.isEmpty()) {
            throw new WrongInput(
                    "this machine has no address that others could reach: write --endpoint"
                            + " HOST[:PORT]");
        }
        int usual = here.hasLowPorts() ? HTTPS_PORT : HIGH_PORT;
        Target target = target(endpoint, usual);
        List<IpPrefix> prefixes = prefixes(wish.addresses());
        List<Peer> peers = new ArrayList<>();
        List<String> names = names(wish.peers());
        for (int i = 0; i < names.size(); i++) {
            peers.add(new Peer(names.get(i), hosts(prefixes, i + 2), PrivateKey.generate(random)));
        }
        boolean isUserspace = !here.hasTun();
        List<IpAddress> dns = new ArrayList<>();
        for (String text : wish.dns()) {
            dns.add(address(text));
        }
        if (dns.isEmpty() && isUserspace) {
            dns.addAll(hosts(prefixes, 1)); // it answers names there
        }
        String host = target.toString().substring(0, target.toString().lastIndexOf(':'));
        PrivateKey key = PrivateKey.generate(random);
        return new InitPlan(host, target.port(), isUserspace, prefixes, dns, key, peers);
    }

    private static Target target(String endpoint, int usualPort) throws WrongInput {
        Target bare = Target.of(endpoint, usualPort);
        Target target = bare == null ? Target.parse(endpoint, usualPort) : bare;
        if (target == null) {
            throw new WrongInput(
                    "--endpoint: '"
                            + endpoint
                            + "' is no host: write HOST or HOST:PORT, as in vpn.example.com:443");
        }
        return target;
    }

    private static List<IpPrefix> prefixes(List<String> texts) throws WrongInput {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (String text : texts) {
            try {
                prefixes.add(IpPrefix.parse(text).masked());
            } catch (IllegalArgumentException e) {
                throw new WrongInput("--address: " + e.getMessage() + ": write 10.8.0.0/24");
            }
        }
        return prefixes;
    }

    private static IpAddress address(String text) throws WrongInput {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new WrongInput("--dns: '" + text + "' is no address: write one, as in 10.8.0.1");
        }
    }

    private static List<String> names(List<String> given) throws WrongInput {
        if (given.size() == 1 && given.getFirst().matches("[0-9]{1,9}")) {
            return numbered(Integer.parseInt(given.getFirst()));
        }
        Set<String> seen = new HashSet<>(TAKEN);
        for (String name : given) {
            if (!NAME.matcher(name).matches() || !seen.add(name)) {
                throw new WrongInput(
                        "--peers: '"
                                + name
                                + "' cannot be a peer's name: write different ones of at most 15"
                                + " letters and digits, or how many peers there are");
            }
        }
        return given;
    }

    private static List<String> numbered(int count) throws WrongInput {
        if (count < 1 || count > MOST_PEERS) {
            throw new WrongInput("--peers: " + count + " are too many or none: write 1 to 1000");
        }
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            names.add(count == 1 ? "client" : "client" + i);
        }
        return names;
    }

    /** The address of this number in each prefix. */
    private static List<IpAddress> hosts(List<IpPrefix> prefixes, int number) throws WrongInput {
        List<IpAddress> hosts = new ArrayList<>();
        for (IpPrefix prefix : prefixes) {
            byte[] first = prefix.ip().toBytes();
            BigInteger value = new BigInteger(1, first).add(BigInteger.valueOf(number));
            byte[] bytes = value.toByteArray();
            byte[] host = new byte[first.length];
            int length = Math.min(bytes.length, host.length);
            System.arraycopy(bytes, bytes.length - length, host, host.length - length, length);
            IpAddress address = IpAddress.of(host);
            boolean isLast = !prefix.isIpv6() && isLast(prefix, host);
            if (!prefix.contains(address) || isLast) {
                throw new WrongInput(
                        "--address: "
                                + prefix
                                + " has not enough addresses: write a larger one, as in"
                                + " 10.8.0.0/16");
            }
            hosts.add(address);
        }
        return hosts;
    }

    /** The one that all of a prefix are called by. */
    private static boolean isLast(IpPrefix prefix, byte[] host) {
        byte[] next = Arrays.copyOf(host, host.length);
        int at = next.length - 1;
        while (at >= 0 && ++next[at] == 0) {
            at--;
        }
        return !prefix.contains(IpAddress.of(next));
    }

    /** The gateway's own addresses in the tunnel. */
    List<IpAddress> own() {
        try {
            return hosts(prefixes, 1);
        } catch (WrongInput e) {
            throw new IllegalStateException("peers have higher ones", e);
        }
    }
}
