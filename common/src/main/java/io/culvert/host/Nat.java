package io.culvert.host;

import io.culvert.ip.IpPrefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A gateway's way from the tunnel to the world: masquerading, forwarding, and TCP segments that
 * fit. Undone by the journal. Confined to the thread that sets up the tunnel.
 */
public final class Nat {
    private static final String IPV4 = "/proc/sys/net/ipv4/";
    private static final String IPV6 = "/proc/sys/net/ipv6/";
    private static final Pattern FORWARD_DROP =
            Pattern.compile(
                    "table (\\w+) (\\S+) \\{|chain (\\S+) \\{|hook forward .*policy (drop)");

    private final Changes changes;
    private final List<String> warnings = new ArrayList<>();

    /** The programs whose FORWARD chain lets us pass by now. */
    private final Set<String> opened = new HashSet<>();

    /** Of this machine, undone by this journal. */
    public Nat(Machine machine, Journal journal) {
        this.changes = new Changes(machine, journal);
    }

    /** What the operator must see to, a line each. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * Lets what comes from {@code prefixes} out of {@code link} go anywhere under this machine's
     * own address.
     */
    public void up(String link, List<IpPrefix> prefixes) throws HostException {
        if (!changes.machine().commands().has("nft")) {
            throw new HostException("nat needs nft, which is not installed", "install nftables");
        }
        Firewall.install(changes, Firewall.table("nat", link), Firewall.nat(link, prefixes));
        openForwardChains(link);
        openLegacyChain("ip", link);
        openLegacyChain("ip6", link);
        // Forwarding comes last: from then on packets pass, and they must be masqueraded.
        if (prefixes.stream().anyMatch(prefix -> !prefix.isIpv6())) {
            forwardIpv4();
        }
        if (prefixes.stream().anyMatch(IpPrefix::isIpv6)) {
            forwardIpv6();
        }
    }

    /** The switch for all resets neighbours of it (ip-sysctl), which come back with it. */
    private void forwardIpv4() throws HostException {
        if (isOff(IPV4 + "ip_forward")) {
            changes.keepSysctl(IPV4 + "conf/all/accept_redirects");
            keepPerLink(IPV4);
        }
        changes.sysctl(IPV4 + "ip_forward", "1");
    }

    /** A router ignores router advertisements, and with them its own default route: 2 says no. */
    private void forwardIpv6() throws HostException {
        String all = IPV6 + "conf/all/forwarding";
        if (isOff(all)) {
            keepPerLink(IPV6);
            for (String name : links(IPV6)) {
                String path = IPV6 + "conf/" + name + "/accept_ra";
                String value = changes.look(path);
                if (value != null && value.strip().equals("1")) {
                    changes.sysctl(path, "2");
                }
            }
        }
        changes.sysctl(all, "1");
    }

    private boolean isOff(String path) {
        String value = changes.look(path);
        return value != null && value.strip().equals("0");
    }

    /** Switching all off again switches each off; those that were on by themselves come back. */
    private void keepPerLink(String family) throws HostException {
        for (String name : links(family)) {
            String path = family + "conf/" + name + "/forwarding";
            String value = changes.look(path);
            if (value != null && value.strip().equals("1")) {
                changes.keepSysctl(path);
            }
        }
    }

    private List<String> links(String family) throws HostException {
        return changes.list(family + "conf").stream().filter(name -> !name.equals("all")).toList();
    }

    /**
     * An accept in our table does not overrule a drop in another. Docker's and ufw's chain is
     * iptables' FORWARD, where a rule of ours can stand; of others the operator is told.
     */
    private void openForwardChains(String link) throws HostException {
        String family = "";
        String table = "";
        String chain = "";
        Matcher matcher = FORWARD_DROP.matcher(changes.ask("nft", "list", "chains"));
        while (matcher.find()) {
            if (matcher.group(1) != null) {
                family = matcher.group(1);
                table = matcher.group(2);
            } else if (matcher.group(3) != null) {
                chain = matcher.group(3);
            } else if (table.equals("filter") && chain.equals("FORWARD")) {
                accept(family.equals("ip6") ? "ip6tables" : "iptables", link);
            } else {
                warnings.add(
                        "the firewall's chain %s %s %s drops what is forwarded: let %s pass"
                                .formatted(family, table, chain, link));
            }
        }
    }

    /**
     * iptables before nftables has tables that nft does not show; /proc tells whether any is there.
     */
    private void openLegacyChain(String family, String link) throws HostException {
        String tables = changes.look("/proc/net/" + family + "_tables_names");
        if (tables == null || tables.lines().noneMatch("filter"::equals)) {
            return;
        }
        String program = family + "tables";
        boolean isBoth = changes.machine().commands().has(program + "-legacy");
        String legacy = isBoth ? program + "-legacy" : program;
        boolean isKnown = changes.machine().commands().has(legacy);
        boolean isOpen = !isKnown || opened.contains(legacy);
        if (!isOpen && changes.ask(legacy, "-S", "FORWARD").contains("-P FORWARD DROP")) {
            accept(legacy, link);
        }
    }

    private void accept(String program, String link) throws HostException {
        if (!changes.machine().commands().has(program)) {
            warnings.add(
                    program + " is missing, and its FORWARD chain drops: let " + link + " pass");
            return;
        }
        opened.add(program);
        String comment = " -m comment --comment culvert-" + link + " -j ACCEPT";
        rule(program, "FORWARD -i " + link + comment);
        rule(
                program,
                "FORWARD -o " + link + " -m conntrack --ctstate RELATED,ESTABLISHED" + comment);
    }

    private void rule(String program, String rule) throws HostException {
        changes.undoBy((program + " -D " + rule).split(" ", -1));
        changes.run((program + " -I " + rule).split(" ", -1));
    }
}
