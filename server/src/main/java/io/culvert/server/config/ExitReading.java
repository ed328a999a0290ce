package io.culvert.server.config;

import io.culvert.config.ConfigException;
import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import io.culvert.server.exit.policy.EgressRule;
import io.culvert.server.exit.policy.PortRange;
import io.culvert.server.exit.policy.Protocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One turning of the keys for {@code inside: userspace} into what they mean. Immutable. */
final class ExitReading {
    /** What means nothing where packets go to a TUN device and the kernel. */
    private static final Set<GatewayKey> KEYS =
            Set.of(
                    GatewayKey.EGRESS,
                    GatewayKey.PRIVATE_RANGES,
                    GatewayKey.BETWEEN_PEERS,
                    GatewayKey.DNS,
                    GatewayKey.LIMITS_FLOWS,
                    GatewayKey.LIMITS_RATE,
                    GatewayKey.LIMITS_MEGABITS);

    private static final int MOST = 1_000_000;

    private final Map<GatewayKey, Setting> settings;
    private final List<EgressEntry> entries;

    ExitReading(Map<GatewayKey, Setting> settings, List<EgressEntry> entries) {
        this.settings = settings;
        this.entries = List.copyOf(entries);
    }

    ExitConfig read() throws ConfigException {
        List<EgressRule> rules = new ArrayList<>();
        for (EgressEntry entry : entries) {
            rules.add(rule(entry));
        }
        return new ExitConfig(
                rules,
                allows(GatewayKey.PRIVATE_RANGES),
                allows(GatewayKey.BETWEEN_PEERS),
                dns(),
                number(GatewayKey.LIMITS_FLOWS),
                number(GatewayKey.LIMITS_RATE),
                number(GatewayKey.LIMITS_MEGABITS));
    }

    /** A rule that nobody enforces would be worse than none. */
    void refuseForTun() throws ConfigException {
        for (GatewayKey key : GatewayKey.values()) {
            Setting setting = settings.get(key);
            if (KEYS.contains(key) && setting != null) {
                throw setting.complaint(
                        "only with `inside: userspace`",
                        "add that, or leave it: with a TUN device the kernel's firewall decides");
            }
        }
    }

    /** Whether the operator has said anything of private ranges. */
    boolean hasPrivateRanges() {
        return settings.containsKey(GatewayKey.PRIVATE_RANGES);
    }

    private static EgressRule rule(EgressEntry entry) throws ConfigException {
        Setting allow = entry.keys().get(EgressKey.ALLOW);
        Setting deny = entry.keys().get(EgressKey.DENY);
        Setting target = allow == null ? deny : allow;
        if (target == null) {
            throw new ConfigException(
                    entry.source(), "egress: neither allow nor deny", "add `allow: 10.0.0.0/8`");
        }
        if (allow != null && deny != null) {
            throw deny.complaint("stands beside `allow`", "make two entries of it");
        }
        Protocol protocol = protocol(entry);
        return new EgressRule(
                allow != null, prefix(target), ports(entry, protocol), protocol, peer(entry));
    }

    private static IpPrefix prefix(Setting setting) throws ConfigException {
        try {
            return IpPrefix.parse(setting.value());
        } catch (IllegalArgumentException e) {
            throw setting.complaint(
                    String.valueOf(e.getMessage()),
                    "write an address or a prefix such as 10.0.0.0/8; names are not resolved");
        }
    }

    private static List<PortRange> ports(EgressEntry entry, @Nullable Protocol protocol)
            throws ConfigException {
        Setting setting = entry.keys().get(EgressKey.PORTS);
        if (setting == null) {
            return List.of();
        }
        if (protocol == Protocol.ICMP) {
            throw setting.complaint("icmp has no ports", "leave one of the two");
        }
        List<PortRange> ranges = new ArrayList<>();
        for (String text : setting.values()) {
            try {
                ranges.add(PortRange.parse(text));
            } catch (IllegalArgumentException e) {
                throw setting.complaint(String.valueOf(e.getMessage()), "write [443, 8000-8100]");
            }
        }
        if (ranges.isEmpty()) {
            throw setting.complaint("an empty list", "leave it out for all ports");
        }
        return ranges;
    }

    private static @Nullable Protocol protocol(EgressEntry entry) throws ConfigException {
        Setting setting = entry.keys().get(EgressKey.PROTOCOL);
        if (setting == null) {
            return null;
        }
        return Arrays.stream(Protocol.values())
                .filter(each -> each.label().equals(setting.value().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        setting.complaint(
                                "\"" + setting.value() + "\" is not known",
                                "write tcp, udp or icmp"));
    }

    private static @Nullable PublicKey peer(EgressEntry entry) throws ConfigException {
        Setting setting = entry.keys().get(EgressKey.PEER);
        try {
            return setting == null ? null : PublicKey.parse(setting.value());
        } catch (IllegalArgumentException e) {
            throw setting.complaint("no public key", "write 44 characters, as `wg pubkey` prints");
        }
    }

    private boolean allows(GatewayKey key) throws ConfigException {
        Setting setting = settings.get(key);
        String value = setting == null ? String.valueOf(key.fallback()) : setting.value();
        if (setting != null && !value.equals("allow") && !value.equals("deny")) {
            throw setting.complaint("\"" + value + "\" is not known", "write `allow` or `deny`");
        }
        return value.equals("allow");
    }

    private List<IpAddress> dns() throws ConfigException {
        Setting setting = settings.get(GatewayKey.DNS);
        List<IpAddress> servers = new ArrayList<>();
        if (setting == null) {
            return servers;
        }
        for (String text : setting.values()) {
            try {
                servers.add(IpAddress.parse(text));
            } catch (IllegalArgumentException e) {
                throw setting.complaint(
                        String.valueOf(e.getMessage()), "write addresses of name servers");
            }
        }
        if (servers.isEmpty()) {
            throw setting.complaint("an empty list", "leave it out for this machine's resolvers");
        }
        return servers;
    }

    private int number(GatewayKey key) throws ConfigException {
        Setting setting = settings.get(key);
        String text = setting == null ? String.valueOf(key.fallback()) : setting.value();
        int number = text.matches("[0-9]{1,7}") ? Integer.parseInt(text) : 0;
        if (setting != null && (number < 1 || number > MOST)) {
            throw setting.complaint(
                    "\"" + text + "\" is no limit", "write a number from 1 to " + MOST);
        }
        return number;
    }
}
