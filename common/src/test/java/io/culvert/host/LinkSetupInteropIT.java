package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.TunnelFile;
import io.culvert.ip.IpPrefix;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real ip, nft and kernel in a network namespace: what was there before is there after. */
@Tag("interop")
final class LinkSetupInteropIT {
    private static final String RESOLV = "# the machine's own\nnameserver 192.0.2.53\n";

    @TempDir private Path dir;
    private Namespace space;
    private String before = "";

    @BeforeEach
    void makeNamespace() throws Exception {
        space = Namespace.create(RESOLV);
        space.shell("ip link set lo up");
        space.shell("ip link add eth0 type veth peer name eth1");
        space.shell(
                "for i in eth0 eth1; do echo 1 > /proc/sys/net/ipv6/conf/$i/addr_gen_mode; done");
        space.shell(
                "ip addr add 198.51.100.2/24 dev eth0; ip link set eth0 up; ip link set eth1 up");
        space.shell("ip route add default via 198.51.100.1");
        space.shell("ip -6 addr add 2001:db8::2/64 dev eth0 nodad");
        space.shell("ip -6 route add default via 2001:db8::1");
        space.shell("ip tuntap add dev wg0 mode tun");
        before = space.snapshot();
    }

    @AfterEach
    void removeNamespace() throws Exception {
        space.close();
    }

    private LinkSetup setup(Journal journal, TunnelFile file) throws Exception {
        return LinkSetup.of(space.machine(), journal, file, Remotes.NONE);
    }

    private static TunnelFile file() throws Exception {
        String local =
                """
                Address = 10.8.0.2/32, fd08::2/128
                DNS = 10.8.0.1, corp.example
                #@ KillSwitch = true
                """;
        return HostFixture.tunnel("wg0", local, "AllowedIPs = 0.0.0.0/0, ::/0, 10.0.0.0/8");
    }

    @Test
    void upAndDownLeaveNoTrace() throws Exception {
        Journal journal = Journal.claim(new RunDir(dir), "wg0", Owner.self(), space.machine());
        LinkSetup setup = setup(journal, file());
        setup.before();
        setup.up();

        String during = space.snapshot();
        assertTrue(during.contains("table inet culvert-kill-wg0"), during);
        assertTrue(during.contains("nameserver 10.8.0.1"), during);
        assertTrue(during.contains("from all fwmark 0xca6c lookup 51820"), during);
        assertTrue(space.shell("ip route get 203.0.113.9").contains("dev wg0"));
        assertTrue(space.shell("ip route get 203.0.113.9 mark 51820").contains("dev eth0"));
        assertTrue(space.shell("ip -6 route get 2001:db8:1::1").contains("dev wg0"));
        assertTrue(space.shell("ip -6 route get 2001:db8:1::1 mark 51820").contains("dev eth0"));
        assertTrue(space.shell("ip route get 198.51.100.7").contains("dev eth0"));
        assertFalse(space.shell("ip -6 addr show dev wg0").contains("fe80"));
        assertEquals(List.of(), setup.warnings());

        assertEquals(List.of(), journal.undo());
        assertEquals(before, space.snapshot());
    }

    @Test
    void theKillSwitchStopsWhatDoesNotGoThroughTheTunnel() throws Exception {
        Journal journal = Journal.claim(new RunDir(dir), "wg0", HostFixture.DEAD, space.machine());
        LinkSetup setup = setup(journal, file());
        setup.before();
        setup.up();
        space.shell("ip link del wg0"); // what kill -9 does

        assertFalse(space.canSend("198.51.100.7", ""));
        assertFalse(space.canSend("203.0.113.9", ""));
        assertTrue(space.canSend("127.0.0.1", ""));
        assertTrue(space.canSend("203.0.113.9", "-m 51820"));

        assertEquals(List.of(), Journal.recover(new RunDir(dir), "wg0", space.machine()));
        assertTrue(space.canSend("203.0.113.9", ""));
        space.shell("ip tuntap add dev wg0 mode tun");
        assertEquals(before, space.snapshot());
    }

    @Test
    void recoversFromADeathAtEveryStep() throws Exception {
        int deaths = 0;
        for (int change = 1; change < 30; change++) {
            DyingCommands dying = new DyingCommands(space.commands(), change);
            Machine machine = new Machine(dying, space.files());
            Journal journal = Journal.claim(new RunDir(dir), "wg0", HostFixture.DEAD, machine);
            LinkSetup setup = LinkSetup.of(machine, journal, file(), Remotes.NONE);
            try {
                setup.before();
                setup.up();
            } catch (PretendHost.Death expected) {
                deaths++;
            }
            assertEquals(List.of(), Journal.recover(new RunDir(dir), "wg0", space.machine()));
            assertEquals(before, space.snapshot(), "died at command " + change);
            if (!dying.isDead()) {
                break;
            }
        }
        assertTrue(deaths >= 12, "only " + deaths + " deaths");
    }

    @Test
    void recoversWhenTheDeviceWentWithTheProcess() throws Exception {
        Journal journal = Journal.claim(new RunDir(dir), "wg0", HostFixture.DEAD, space.machine());
        LinkSetup setup = setup(journal, file());
        setup.before();
        setup.up();
        new Nat(space.machine(), journal).up("wg0", List.of(IpPrefix.parse("10.8.0.0/24")));
        space.shell("ip link del wg0");

        assertEquals(List.of(), Journal.recover(new RunDir(dir), "wg0", space.machine()));

        space.shell("ip tuntap add dev wg0 mode tun");
        assertEquals(before, space.snapshot());
    }

    @Test
    void natComesAndGoes() throws Exception {
        space.shell("sysctl -qw net.ipv4.conf.all.accept_redirects=0");
        before = space.snapshot();
        Journal journal = Journal.claim(new RunDir(dir), "wg0", Owner.self(), space.machine());
        TunnelFile file = HostFixture.tunnel("wg0", "Address = 10.8.0.1/24, fd08::1/64", "");
        LinkSetup setup = setup(journal, file);
        setup.before();
        setup.up();
        Nat nat = new Nat(space.machine(), journal);
        nat.up("wg0", file.local().addresses());

        String during = space.snapshot();
        assertTrue(during.contains("masquerade"), during);
        assertTrue(during.contains("maxseg size set rt mtu"), during);
        assertTrue(during.contains("net.ipv4.ip_forward = 1"), during);
        assertTrue(during.contains("net.ipv6.conf.all.forwarding = 1"), during);
        assertTrue(during.contains("net.ipv6.conf.eth0.accept_ra = 2"), during);
        assertEquals(List.of(), nat.warnings());

        assertEquals(List.of(), journal.undo());
        assertEquals(before, space.snapshot());
    }
}
