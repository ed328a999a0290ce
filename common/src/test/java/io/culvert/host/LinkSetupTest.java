package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.TunnelFile;
import io.culvert.ip.IpAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinkSetupTest {
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
    void turnsAFullTunnelRoundInTheOrderThatLeaksNothing() throws Exception {
        up(HostFixture.fullTunnel(), Remotes.NONE);

        assertEquals(
                List.of(
                        "nft -f - <<< table inet culvert-kill-wg0",
                        "sh -s <<< pre wg0",
                        "ip -4 address add 10.8.0.2/32 dev wg0",
                        "ip -6 address add fd08::2/128 dev wg0",
                        "ip link set mtu 1420 up dev wg0",
                        "nft -f - <<< table inet culvert-policy-wg0",
                        "write " + HostFixture.VALID_MARK + " 1",
                        "ip -4 route add 0.0.0.0/0 dev wg0 table 51820",
                        "ip -6 route add ::/0 dev wg0 table 51820",
                        "ip -4 rule add priority 32764 table main suppress_prefixlength 0",
                        "ip -4 rule add priority 32765 not fwmark 51820 table 51820",
                        "ip -6 rule add priority 4998 table main suppress_prefixlength 0",
                        "ip -6 rule add priority 4999 not fwmark 51820 table 51820",
                        "write /etc/resolv.conf # Written by culvert for wg0, which restores what"
                                + " was here",
                        "sh -s <<< post-up wg0"),
                shortLog());
    }

    @Test
    void undoesAFullTunnelBackwardsWithTheKillSwitchLast() throws Exception {
        String before = host.state();
        Journal journal = up(HostFixture.fullTunnel(), Remotes.NONE);
        host.log.clear();

        assertEquals(List.of(), journal.undo());

        assertEquals(
                List.of(
                        "sh -s <<< pre-down wg0",
                        "write /etc/resolv.conf # the machine's own",
                        "ip -6 rule del priority 4999 not fwmark 51820 table 51820",
                        "ip -6 rule del priority 4998 table main suppress_prefixlength 0",
                        "ip -4 rule del priority 32765 not fwmark 51820 table 51820",
                        "ip -4 rule del priority 32764 table main suppress_prefixlength 0",
                        "ip -6 route del ::/0 dev wg0 table 51820",
                        "ip -4 route del 0.0.0.0/0 dev wg0 table 51820",
                        "write " + HostFixture.VALID_MARK + " 0",
                        "nft delete table inet culvert-policy-wg0",
                        "ip link set dev wg0 down",
                        "ip -6 address del fd08::2/128 dev wg0",
                        "ip -4 address del 10.8.0.2/32 dev wg0",
                        "nft delete table inet culvert-kill-wg0",
                        "sh -s <<< post-down wg0"),
                shortLog());
        assertEquals(before, host.state());
    }

    @Tag("slow") // a thousand lines are forced to the disk
    @Test
    void leavesNothingWhereverTheProcessDies() throws Exception {
        String before = host.state();
        int deaths = 0;
        for (int change = 1; change < 40; change++) {
            for (boolean diesAfter : List.of(false, true)) {
                deaths += dieAndRecover(change, diesAfter, before) ? 1 : 0;
            }
        }
        assertTrue(deaths >= 30, "only " + deaths + " deaths were tried");
    }

    /** False when the tunnel was up before its death came. */
    private boolean dieAndRecover(int change, boolean diesAfter, String before) throws Exception {
        RunDir folder = new RunDir(dir);
        TunnelFile file = HostFixture.fullTunnel();
        Journal journal = Journal.claim(folder, "wg0", HostFixture.DEAD, host.machine());
        LinkSetup setup = LinkSetup.of(host.machine(), journal, file, Remotes.NONE);
        host.diesAfter = diesAfter;
        host.changesLeft = change;
        boolean died = true;
        try {
            setup.before();
            setup.up();
            died = false;
        } catch (PretendHost.Death expected) {
            assertEquals(0, host.changesLeft);
        }
        // The first rescuer dies as well, halfway; the second finishes.
        host.changesLeft = change / 2 + 1;
        try {
            assertEquals(List.of(), Journal.recover(folder, "wg0", host.machine()));
        } catch (PretendHost.Death expected) {
            assertEquals(0, host.changesLeft);
        }
        host.changesLeft = Integer.MAX_VALUE;
        assertEquals(List.of(), Journal.recover(folder, "wg0", host.machine()));
        assertEquals(before, host.state(), "died at change " + change + ", after: " + diesAfter);
        assertEquals(List.of(), folder.names());
        return died;
    }

    @Test
    void keepsTheKillSwitchWhenTheProcessDies() throws Exception {
        Journal journal = Journal.claim(new RunDir(dir), "wg0", HostFixture.DEAD, host.machine());
        LinkSetup.of(host.machine(), journal, HostFixture.fullTunnel(), Remotes.NONE).before();

        assertTrue(host.things.contains("nft culvert-kill-wg0"));
    }

    @Test
    void theNextUpKeepsTheKillSwitchWhileItUndoesTheRest() throws Exception {
        RunDir folder = new RunDir(dir);
        TunnelFile file = HostFixture.fullTunnel();
        Journal dead = Journal.claim(folder, "wg0", HostFixture.DEAD, host.machine());
        LinkSetup killed = LinkSetup.of(host.machine(), dead, file, Remotes.NONE);
        killed.before();
        killed.up();
        host.log.clear();

        Journal next =
                Journal.claimUnderKillSwitch(folder, "wg0", HostFixture.DEAD, host.machine());

        assertTrue(next.hasOldKillSwitch());
        assertEquals("[nft culvert-kill-wg0]", host.things.toString());
        assertEquals(List.of(), next.undoUnderKillSwitch());
        assertEquals("[nft culvert-kill-wg0]", host.things.toString());

        Journal last = Journal.claimUnderKillSwitch(folder, "wg0", Owner.self(), host.machine());
        LinkSetup.of(host.machine(), last, file, Remotes.NONE).before();
        assertTrue(
                host.log.stream()
                        .noneMatch(line ->
                                line.startsWith("nft delete table inet" + " culvert-kill")));
        assertEquals(List.of(), last.undo());
        assertEquals("[]", host.things.toString());
    }

    @Test
    void aFileWithoutKillSwitchLowersTheOldOne() throws Exception {
        Journal dead = Journal.claim(new RunDir(dir), "wg0", HostFixture.DEAD, host.machine());
        LinkSetup.of(host.machine(), dead, HostFixture.fullTunnel(), Remotes.NONE).before();
        Journal.claim(new RunDir(dir), "wg0", Owner.self(), host.machine());
        assertEquals("[]", host.things.toString());
    }

    @Test
    void routesOfPartOfTheWorldStandInTheMainTable() throws Exception {
        TunnelFile file =
                HostFixture.tunnel(
                        "wg0",
                        "Address = 10.8.0.2/24",
                        "AllowedIPs = 10.8.0.0/24, 10.0.0.0/8, 192.0.2.7/32, 10.8.0.9/32");
        up(file, Remotes.NONE);

        assertEquals(
                List.of(
                        "ip -4 address add 10.8.0.2/24 dev wg0",
                        "ip link set mtu 1420 up dev wg0",
                        "ip -4 route add 192.0.2.7/32 dev wg0 table main",
                        "ip -4 route add 10.0.0.0/8 dev wg0 table main"),
                shortLog());
    }

    @Test
    void manyRoutesAreAddedAndUndoneByOneProgramEach() throws Exception {
        StringBuilder allowed = new StringBuilder("AllowedIPs = 192.0.2.0/24");
        for (int i = 0; i < 1000; i++) {
            allowed.append(", 10.9.%d.%d/32, fd09::%x/128".formatted(i / 256, i % 256, i + 1));
        }
        String before = host.state();
        TunnelFile file = HostFixture.tunnel("wg0", "Address = fd08::2/64", allowed.toString());
        Journal journal = up(file, Remotes.NONE);
        List<String> routes = shortLog().stream().filter(l -> l.contains("-batch")).toList();
        assertEquals(
                List.of(
                        "ip -6 -batch - <<< route add fd09::1/128 dev wg0 table main",
                        "ip -4 -batch - <<< route add 10.9.0.0/32 dev wg0 table main"),
                routes);
        assertTrue(host.things.contains("ip -4 route 10.9.3.231/32 dev wg0 table main"));
        assertEquals(List.of(), journal.undo());
        assertEquals(before, host.state());
    }

    @Test
    void aRouteOverTheGatewayItselfGoesByPolicy() throws Exception {
        TunnelFile file = HostFixture.tunnel("wg0", "", "AllowedIPs = 203.0.113.0/24");
        Remotes remotes = new Remotes(List.of(), List.of(IpAddress.parse("203.0.113.5")));
        Journal journal = up(file, remotes);

        assertTrue(shortLog().contains("ip -4 route add 203.0.113.0/24 dev wg0 table 51820"));
        assertTrue(
                shortLog().contains("ip -4 rule add priority 32765 not fwmark 51820 table 51820"));
        assertEquals(List.of(), journal.undo());
    }

    @Test
    void halvesOfTheWorldAreADefaultRoute() throws Exception {
        TunnelFile file = HostFixture.tunnel("wg0", "", "AllowedIPs = 0.0.0.0/1, 128.0.0.0/1");
        up(file, Remotes.NONE);
        assertTrue(shortLog().contains("ip -4 route add 128.0.0.0/1 dev wg0 table 51820"));
    }

    @Test
    void tableOffAndTableNumberAreObeyed() throws Exception {
        up(HostFixture.tunnel("off", "Table = off", "AllowedIPs = 0.0.0.0/0"), Remotes.NONE);
        up(HostFixture.tunnel("num", "Table = 77", "AllowedIPs = 0.0.0.0/0"), Remotes.NONE);

        assertEquals(
                List.of(
                        "ip link set mtu 1420 up dev off",
                        "ip link set mtu 1420 up dev num",
                        "ip -4 route add 0.0.0.0/0 dev num table 77"),
                shortLog());
    }

    @Test
    void aTableOfItsOwnGetsTheConnectedNetworkToo() throws Exception {
        String local = "Address = 10.8.0.2/24\nTable = 77";
        up(HostFixture.tunnel("wg0", local, "AllowedIPs = 10.8.0.0/24"), Remotes.NONE);
        assertTrue(shortLog().contains("ip -4 route add 10.8.0.0/24 dev wg0 table 77"));
    }

    @Test
    void takesTheFirstTableThatIsFree() throws Exception {
        host.answers.put("ip -4 rule show", "0: x\n9: from all lookup 51821\n32766: main\n");
        host.answers.put("ip -6 route show table 51820", "default dev other\n");
        TunnelFile file = HostFixture.tunnel("wg0", "", "AllowedIPs = ::/0");
        Journal journal = Journal.claim(new RunDir(dir), "wg0", Owner.self(), host.machine());
        LinkPlan plan = LinkSetup.of(host.machine(), journal, file, Remotes.NONE).plan();

        assertEquals(51822, plan.policyTable());
        assertEquals(51822L, plan.mark());
    }

    @Test
    void marksNothingWhereNothingStandsInTheWay() throws Exception {
        TunnelFile file = HostFixture.tunnel("wg0", "", "AllowedIPs = 10.0.0.0/8");
        Journal journal = Journal.claim(new RunDir(dir), "wg0", Owner.self(), host.machine());
        assertNull(LinkSetup.of(host.machine(), journal, file, Remotes.NONE).plan().mark());
    }

    @Test
    void theMarkOfTheFileIsTheTableToo() throws Exception {
        up(HostFixture.tunnel("wg0", "FwMark = 0x10", "AllowedIPs = 0.0.0.0/0"), Remotes.NONE);
        assertTrue(shortLog().contains("ip -4 rule add priority 32765 not fwmark 16 table 16"));
    }

    @Test
    void mtuLeavesRoomOnTheNarrowestWay() throws Exception {
        host.answers.put("ip route get 192.0.2.1", "192.0.2.1 dev eth0 src 10.0.0.1 uid 0");
        host.answers.put("ip link show dev eth0", "2: eth0: <UP> mtu 1500 qdisc");
        host.answers.put("ip route get 192.0.2.2", "192.0.2.2 dev ppp0 mtu 1450 src 10.0.0.1");
        List<IpAddress> udp = List.of(IpAddress.parse("192.0.2.1"), IpAddress.parse("192.0.2.2"));
        up(HostFixture.tunnel("wg0", "", ""), new Remotes(udp, List.of()));
        up(HostFixture.tunnel("wg1", "MTU = 1300", ""), new Remotes(udp, List.of()));

        assertTrue(shortLog().contains("ip link set mtu 1370 up dev wg0"));
        assertTrue(shortLog().contains("ip link set mtu 1300 up dev wg1"));
    }

    @Test
    void aFailingHookStopsItAndSaysWhichButNotWhatItHolds() throws Exception {
        host.answers.put("sh -s", "sh: nope: not found");
        TunnelFile file = HostFixture.tunnel("wg0", "PostUp = nope %i secret", "");
        HostException e = assertThrows(HostException.class, () -> up(file, Remotes.NONE));
        assertEquals(
                "hook PostUp 1 failed (exit 1), what it printed stands above: correct it in the"
                        + " tunnel file",
                e.getMessage());
    }

    @Test
    void hooksRunInBashWhereThereIsOne() throws Exception {
        host.programs.add("bash");
        up(HostFixture.tunnel("wg0", "PreUp = wg set %i private-key <(cat)", ""), Remotes.NONE);
        assertEquals("bash -s <<< wg set wg0 private-key <(cat)", shortLog().getFirst());
    }

    @Test
    void noTwoTunnelsShareATable() {
        assertNotEquals(Firewall.table("kill", "x"), Firewall.table("policy", "kill-x"));
        assertNotEquals(Firewall.table("kill", "a="), Firewall.table("kill", "a_3d"));
    }

    @Test
    void aFailingCommandSaysWhatRanWhatItSaidAndTheRemedy() throws Exception {
        host.answers.put(
                "ip -4 address add 10.8.0.2/32 dev wg0",
                "RTNETLINK answers: Operation not permitted");
        TunnelFile file = HostFixture.tunnel("wg0", "Address = 10.8.0.2", "");
        HostException e = assertThrows(HostException.class, () -> up(file, Remotes.NONE));
        assertEquals(
                "`ip -4 address add 10.8.0.2/32 dev wg0` failed: RTNETLINK answers: Operation not"
                        + " permitted: run as root (in a container: with CAP_NET_ADMIN)",
                e.getMessage());
    }

    @Test
    void leavesIpv6OutWhereTheKernelHasNone() throws Exception {
        host.files.keySet().removeIf(path -> path.startsWith("/proc/sys/net/ipv6"));
        up(HostFixture.fullTunnel(), Remotes.NONE);
        assertTrue(host.log.stream().noneMatch(line -> line.startsWith("ip -6")));
    }

    @Test
    void killSwitchLetsTheMarkAndTheTunnelPassOnly() {
        String text = Firewall.killSwitch("wg0", 51820);
        assertTrue(text.contains("policy drop"));
        assertTrue(text.contains("oifname { \"wg0\", \"lo\" } accept"));
        assertTrue(text.contains("meta mark 51820 accept"));
        assertEquals("culvert-kill-a_3d_2b", Firewall.table("kill", "a=+"));
    }

    @Test
    void needsNftForTheKillSwitch() throws Exception {
        host.programs.remove("nft");
        HostException e =
                assertThrows(HostException.class, () -> up(HostFixture.fullTunnel(), Remotes.NONE));
        assertEquals(
                "KillSwitch needs nft, which is not installed: install nftables", e.getMessage());
    }

    @Test
    void goesOnWhereAContainerForbidsSettingHowAddressesAreMade() throws Exception {
        String path = "/proc/sys/net/ipv6/conf/wg0/addr_gen_mode";
        host.files.put(path, "0\n");
        host.answers.put("write " + path, "Read-only file system");
        TunnelFile file = HostFixture.fullTunnel();
        Journal journal = Journal.claim(new RunDir(dir), file.name(), Owner.self(), host.machine());
        LinkSetup setup = LinkSetup.of(host.machine(), journal, file, Remotes.NONE);

        setup.before();
        setup.up();

        assertEquals(1, setup.warnings().size());
        assertTrue(setup.warnings().getFirst().contains("link-local address"));
    }
}
