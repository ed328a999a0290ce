package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.ip.IpPrefix;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NatTest {
    private static final String CONF = "/proc/sys/net/";

    @TempDir private Path dir;
    private final PretendHost host = HostFixture.linux();
    private final String before = host.state();

    private Journal up(Owner owner, String... prefixes) throws Exception {
        Journal journal = Journal.claim(new RunDir(dir), "wg0", owner, host.machine());
        Nat nat = new Nat(host.machine(), journal);
        nat.up("wg0", List.of(prefixes).stream().map(IpPrefix::parse).toList());
        return journal;
    }

    @Test
    void masqueradesThenForwards() throws Exception {
        up(Owner.self(), "10.8.0.1/24", "fd08::1/64");

        String table = host.log.getFirst();
        assertTrue(
                table.contains("oifname != { \"wg0\", \"lo\" } ip saddr 10.8.0.0/24 masquerade"),
                table);
        assertTrue(table.contains("ip6 saddr fd08::/64 masquerade"), table);
        assertTrue(table.contains("tcp option maxseg size set rt mtu"), table);
        assertEquals(
                List.of(
                        "write " + CONF + "ipv4/ip_forward 1",
                        "write " + CONF + "ipv6/conf/eth0/accept_ra 2",
                        "write " + CONF + "ipv6/conf/all/forwarding 1"),
                host.log.subList(1, host.log.size()));
    }

    @Test
    void undoesEverything() throws Exception {
        Journal journal = up(Owner.self(), "10.8.0.1/24", "fd08::1/64");
        // What the kernel does to the neighbours of these switches.
        host.files.put(CONF + "ipv4/conf/br0/forwarding", "0\n");
        host.files.put(CONF + "ipv4/conf/all/accept_redirects", "1\n");

        assertEquals(List.of(), journal.undo());
        assertEquals(before, host.state());
    }

    @Test
    void leavesNothingWhereverTheProcessDies() throws Exception {
        for (int change = 1; change < 8; change++) {
            host.changesLeft = change;
            try {
                up(HostFixture.DEAD, "10.8.0.1/24", "fd08::1/64");
            } catch (PretendHost.Death expected) {
                assertEquals(0, host.changesLeft);
            }
            host.changesLeft = Integer.MAX_VALUE;
            assertEquals(List.of(), Journal.recover(new RunDir(dir), "wg0", host.machine()));
            assertEquals(before, host.state(), "died at change " + change);
        }
    }

    @Test
    void leavesTheOtherFamilyAlone() throws Exception {
        up(Owner.self(), "10.8.0.1/24");
        assertTrue(host.log.stream().noneMatch(line -> line.contains("ipv6")), "" + host.log);
    }

    @Test
    void standsAmongDockersRules() throws Exception {
        host.programs.add("iptables");
        host.answers.put(
                "nft list chains",
                """
                table ip filter {
                	chain INPUT {
                		type filter hook input priority filter; policy accept;
                	}
                	chain FORWARD {
                		type filter hook forward priority filter; policy drop;
                	}
                }
                """);
        Journal journal = up(Owner.self(), "10.8.0.1/24");

        assertTrue(
                host.log.contains(
                        "iptables -I FORWARD -i wg0 -m comment --comment culvert-wg0 -j ACCEPT"));
        assertEquals(List.of(), journal.undo());
        assertEquals(before, host.state());
    }

    @Test
    void standsAmongTheRulesOfTheOldIptablesToo() throws Exception {
        host.programs.add("iptables");
        host.programs.add("iptables-legacy");
        host.files.put("/proc/net/ip_tables_names", "nat\nfilter\n");
        host.answers.put("iptables-legacy -S FORWARD", "-P FORWARD DROP\n-A FORWARD -j DOCKER\n");
        Journal journal = up(Owner.self(), "10.8.0.1/24");

        String rule = " FORWARD -i wg0 -m comment --comment culvert-wg0 -j ACCEPT";
        assertTrue(host.log.contains("iptables-legacy -I" + rule));
        assertFalse(host.log.contains("iptables -I" + rule));
        assertEquals(List.of(), journal.undo());
        assertTrue(host.log.contains("iptables-legacy -D" + rule));
    }

    @Test
    void leavesTheOldIptablesAloneWhereTheyAcceptOrAreNotInUse() throws Exception {
        host.programs.add("iptables");
        host.answers.put("iptables -S FORWARD", "-P FORWARD DROP\n");
        up(Owner.self(), "10.8.0.1/24");
        assertTrue(host.log.stream().noneMatch(line -> line.startsWith("iptables")));
    }

    @Test
    void tellsOfAForeignChainThatDrops() throws Exception {
        host.answers.put(
                "nft list chains",
                """
                table inet firewalld {
                	chain filter_FORWARD {
                		type filter hook forward priority filter + 10; policy drop;
                	}
                }
                """);
        Journal journal = Journal.claim(new RunDir(dir), "wg0", Owner.self(), host.machine());
        Nat nat = new Nat(host.machine(), journal);
        nat.up("wg0", List.of(IpPrefix.parse("10.8.0.0/24")));

        assertEquals(
                List.of(
                        "the firewall's chain inet firewalld filter_FORWARD drops what is"
                                + " forwarded: let wg0 pass"),
                nat.warnings());
    }

    @Test
    void needsNft() {
        host.programs.remove("nft");
        assertThrows(HostException.class, () -> up(Owner.self(), "10.8.0.1/24"));
        assertFalse(host.things.contains("nft culvert-nat-wg0"));
    }
}
