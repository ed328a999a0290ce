package io.culvert.host;

import io.culvert.ip.IpPrefix;
import java.util.List;

/**
 * The nftables of a tunnel as text for {@code nft -f -}, each replaced as a whole in one step.
 * Thread-safe (stateless).
 */
final class Firewall {
    private Firewall() {}

    /**
     * The name of a tunnel's table. The purpose comes first, so that no two tunnels share one;
     * nft's names lack two characters that interfaces may have.
     */
    static String table(String purpose, String link) {
        String escaped = link.replace("_", "_5f").replace("=", "_3d").replace("+", "_2b");
        return "culvert-" + purpose + "-" + escaped;
    }

    /** Puts a table there, and says before that it goes away again. */
    static void install(Changes changes, String table, String chains) throws HostException {
        changes.undoBy(new UndoStep.RunCommand(deletion(table)));
        replace(changes, table, chains);
    }

    /** Puts the table there that lets nothing past the tunnel. */
    static void installKillSwitch(Changes changes, String link, long mark) throws HostException {
        String table = table("kill", link);
        changes.undoBy(new UndoStep.LowerKillSwitch(table));
        replace(changes, table, killSwitch(link, mark));
    }

    /** In one transaction: there is no moment without the old table or the new one. */
    private static void replace(Changes changes, String table, String chains) throws HostException {
        String text =
                "table inet %1$s\ndelete table inet %1$s\ntable inet %1$s {\n%2$s}\n"
                        .formatted(table, chains);
        changes.feed(text, "nft", "-f", "-");
    }

    /** The program that takes a table away. */
    static List<String> deletion(String table) {
        return List.of("nft", "delete", "table", "inet", table);
    }

    /**
     * Lets nothing out but through the tunnel, on this machine, or with the carriers' mark.
     *
     * <p>Neighbour discovery and DHCP pass too: without them the way to the gateway itself dies,
     * and they tell nothing that the local network does not know. What this machine forwards for
     * others (containers, a shared connection) may only go through the tunnel.
     */
    static String killSwitch(String link, long mark) {
        return """
        chain output {
          type filter hook output priority filter; policy drop;
          oifname { "%1$s", "lo" } accept
          meta mark %2$d accept
          icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } accept
          udp sport 68 udp dport 67 accept
          udp sport 546 udp dport 547 accept
        }
        chain forward {
          type filter hook forward priority filter; policy drop;
          iifname "%1$s" accept
          oifname "%1$s" accept
        }
        """
                .formatted(link, mark);
    }

    /**
     * What belongs to a default route by policy: nobody outside may talk to the tunnel's addresses;
     * the answers to carriers find their mark again, so that a strict reverse-path filter lets them
     * in; names are not asked of servers beside the tunnel.
     */
    static String policyRouting(LinkPlan plan, long mark) {
        StringBuilder text = new StringBuilder();
        text.append("chain preraw {\n type filter hook prerouting priority raw;\n");
        for (IpPrefix address : plan.file().local().addresses()) {
            if (plan.policyFamilies().contains(Family.of(address))) {
                text.append(
                        " iifname != \"%s\" %s daddr %s fib saddr type != local drop\n"
                                .formatted(
                                        plan.link(), Family.of(address).nftName(), address.ip()));
            }
        }
        text.append(
                """
                }
                chain premangle {
                  type filter hook prerouting priority mangle;
                  meta l4proto { tcp, udp } ct mark %1$d meta mark set ct mark
                }
                chain postmangle {
                  type filter hook postrouting priority mangle;
                  meta l4proto { tcp, udp } meta mark %1$d ct mark set meta mark
                }
                """
                        .formatted(mark));
        if (!plan.file().local().dnsServers().isEmpty()) {
            text.append(
                    """
                    chain dns {
                      type filter hook output priority filter;
                      oifname { "%s", "lo" } accept
                      meta mark != %d meta l4proto { tcp, udp } th dport 53 drop
                    }
                    """
                            .formatted(plan.link(), mark));
        }
        return text.toString();
    }

    /** Masquerades the tunnel's prefixes and clamps TCP's segments to what fits. */
    static String nat(String link, List<IpPrefix> prefixes) {
        StringBuilder text = new StringBuilder();
        text.append("chain postrouting {\n type nat hook postrouting priority srcnat;\n");
        for (IpPrefix prefix : prefixes) {
            text.append(
                    " oifname != { \"%s\", \"lo\" } %s saddr %s masquerade\n"
                            .formatted(link, Family.of(prefix).nftName(), prefix.masked()));
        }
        text.append("}\nchain clamp {\n type filter hook forward priority mangle;\n");
        for (String side : List.of("iifname", "oifname")) {
            text.append(
                    " %s \"%s\" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu\n"
                            .formatted(side, link));
        }
        return text.append("}\n").toString();
    }
}
