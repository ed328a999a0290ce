package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.TunnelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Setting up where others set up too, IPv6 is off, or names would go beside the tunnel. */
final class OddMachinesTest {
    @TempDir private Path dir;
    private final PretendHost host = HostFixture.linux();

    private Journal up(TunnelFile file, Remotes remotes) throws Exception {
        Journal journal = Journal.claim(new RunDir(dir), file.name(), Owner.self(), host.machine());
        LinkSetup setup = LinkSetup.of(host.machine(), journal, file, remotes);
        setup.before();
        setup.up();
        return journal;
    }

    private List<String> shortLog() {
        return host.log.stream()
                .filter(line -> !line.startsWith("truncate"))
                .map(line -> line.lines().findFirst().orElse(""))
                .toList();
    }

    @Test
    void noTwoTunnelsPlanWithTheSameTable() throws Exception {
        RunDir folder = new RunDir(dir);
        long first = 51820;
        for (String name : List.of("wg0", "wg1", "wg2")) {
            Journal journal = Journal.claim(folder, name, Owner.self(), host.machine());
            TunnelFile file = HostFixture.tunnel(name, "", "AllowedIPs = 0.0.0.0/0");
            LinkPlan plan = LinkSetup.of(host.machine(), journal, file, Remotes.NONE).plan();
            assertEquals(first++, plan.policyTable());
        }
    }

    @Test
    void doesNotUndoARuleThatSomebodyElseWasFasterToAdd() throws Exception {
        String theirs = "ip -4 rule priority 32765 not fwmark 51820 table 51820";
        host.things.add(theirs);
        TunnelFile file = HostFixture.tunnel("wg0", "", "AllowedIPs = 0.0.0.0/0");
        Journal journal = Journal.claim(new RunDir(dir), "wg0", Owner.self(), host.machine());
        LinkSetup setup = LinkSetup.of(host.machine(), journal, file, Remotes.NONE);
        setup.before();

        assertThrows(HostException.class, setup::up);
        assertEquals(List.of(), journal.undo());

        assertEquals("[" + theirs + "]", host.things.toString());
    }

    @Test
    void switchesIpv6OnForARouteAlone() throws Exception {
        String off = "/proc/sys/net/ipv6/conf/wg0/disable_ipv6";
        host.files.put(off, "1\n");
        up(HostFixture.tunnel("wg0", "", "AllowedIPs = ::/0"), Remotes.NONE);
        assertEquals("0\n", host.files.get(off));
        assertTrue(shortLog().contains("ip -6 route add ::/0 dev wg0 table 51820"));
    }

    @Test
    void leavesIpv6OutWhereItMayNotBeSwitchedOn() throws Exception {
        String off = "/proc/sys/net/ipv6/conf/wg0/disable_ipv6";
        host.files.put(off, "1\n");
        host.answers.put("write " + off, "Read-only file system");
        assertTrue(warningsOf("::/0").contains("IPv6 is left out of the tunnel"));

        host.files.put("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1\n");
        assertTrue(warningsOf("fd08::/64").startsWith("this machine has IPv6 switched off"));
        assertTrue(host.log.stream().noneMatch(line -> line.startsWith("ip -6")));
    }

    private String warningsOf(String allowedIps) throws Exception {
        TunnelFile file = HostFixture.tunnel("wg0", "", "AllowedIPs = " + allowedIps);
        return warningsOf(file);
    }

    private String warningsOf(TunnelFile file) throws Exception {
        Journal journal = Journal.claim(new RunDir(dir), "wg0", Owner.self(), host.machine());
        LinkSetup setup = LinkSetup.of(host.machine(), journal, file, Remotes.NONE);
        setup.before();
        setup.up();
        journal.undo();
        Files.deleteIfExists(new RunDir(dir).journal("wg0"));
        return String.join("\n", setup.warnings());
    }

    @Test
    void warnsWhenNamesWouldBeAskedBesideAFullTunnel() throws Exception {
        String all = "AllowedIPs = 0.0.0.0/0, ::/0";
        assertTrue(
                warningsOf(HostFixture.tunnel("wg0", "", all))
                        .startsWith("there is no DNS line: names may be asked"));
        assertTrue(
                warningsOf(HostFixture.tunnel("wg0", "#@ KillSwitch = true", all))
                        .startsWith("there is no DNS line: the kill switch"));
        assertEquals("", warningsOf(HostFixture.tunnel("wg0", "", "AllowedIPs = 10.0.0.0/8")));
    }

    @Test
    void warnsOfADnsServerThatItsOwnFirewallDrops() throws Exception {
        host.answers.put("ip route get 192.168.1.1", "192.168.1.1 dev eth0 src 192.168.1.7");
        host.answers.put("ip route get 9.9.9.9", "9.9.9.9 dev wg0 table 51820 src 10.8.0.2");
        TunnelFile file =
                HostFixture.tunnel(
                        "wg0", "DNS = 9.9.9.9, 192.168.1.1", "AllowedIPs = 0.0.0.0/0, ::/0");
        assertEquals(
                "DNS = 192.168.1.1 is reached by eth0 beside the tunnel, where our firewall drops"
                        + " it",
                warningsOf(file));
    }

    @Test
    void mtuFollowsTheDefaultRouteWhereDatagramsMayComeFromAnywhere() throws Exception {
        host.answers.put("ip route show default", "default via 10.0.0.1 dev ppp0 mtu 1450");
        up(HostFixture.tunnel("udp", "", ""), Remotes.NONE);
        up(HostFixture.tunnel("web", "", "#@ WebSocket = wss://h/"), Remotes.NONE);
        assertTrue(shortLog().contains("ip link set mtu 1370 up dev udp"));
        assertTrue(shortLog().contains("ip link set mtu 1420 up dev web"));
    }
}
