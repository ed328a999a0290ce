package io.culvert.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.front.Door;
import io.culvert.client.proxy.front.Door.Speaks;
import io.culvert.client.proxy.front.ProxySetup;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyPlanTest {
    private static final Path FILE = Path.of("/etc/wireguard/home.conf");
    private static final List<String> NOTHING = List.of();

    private static TunnelFile file(String... lines) throws ConfigException {
        String text =
                """
                [Interface]
                PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=
                %s
                """
                        .formatted(String.join("\n", lines));
        return TunnelFile.parse(FILE, text);
    }

    private static TunnelFile addressed(String... lines) throws ConfigException {
        String[] all = new String[lines.length + 1];
        all[0] = "Address = 10.8.0.2/32, fd08::2/128";
        System.arraycopy(lines, 0, all, 1, lines.length);
        return file(all);
    }

    /** What the command line says; the tests change what they are about. */
    private static ProxyWish wish(String socks, String http, List<String> local, String stdio) {
        return new ProxyWish(
                FILE,
                socks.isEmpty() ? null : socks,
                http.isEmpty() ? null : http,
                local,
                NOTHING,
                null,
                stdio.isEmpty() ? null : stdio,
                null,
                null,
                null);
    }

    private static final ProxyWish SILENT = wish("", "", NOTHING, "");

    private static ProxySetup setup(ProxyWish wish, TunnelFile file) throws Exception {
        return new ProxyPlan(wish, file).setup();
    }

    private static Door door(String at, Speaks speaks) {
        return new Door(LocalAddress.parse(at), speaks);
    }

    @Test
    void whoAsksForNothingGetsTheUsualPort() throws Exception {
        ProxySetup setup = setup(SILENT, addressed());
        assertEquals(List.of(door("127.0.0.1:1080", Speaks.BOTH)), setup.doors());
        assertTrue(setup.families().ipv4() && setup.families().ipv6());
        assertNull(setup.credentials());
    }

    @Test
    void aForwardAloneOpensNothingElse() throws Exception {
        ProxySetup setup = setup(wish("", "", List.of("80:a:80"), ""), addressed());
        assertEquals(List.of(), setup.doors());
        assertEquals(1, setup.forwards().size());
    }

    @Test
    void theSameAddressForBothIsOnePort() throws Exception {
        ProxySetup setup = setup(wish("3128", "127.0.0.1:3128", NOTHING, ""), addressed());
        assertEquals(List.of(door("3128", Speaks.BOTH)), setup.doors());
    }

    @Test
    void optionsStandAboveLinesAndForwardsAddUp() throws Exception {
        TunnelFile file =
                addressed(
                        "DNS = 10.8.0.1, intranet",
                        "#@ Socks = unix:/run/user/7/socks",
                        "#@ Http = 3128",
                        "#@ LocalForward = 8080:a:80",
                        "#@ LocalForward = 8081:b:80",
                        "#@ RemoteForward = 9000:localhost:90/udp",
                        "#@ DnsListen = 5353");
        ProxySetup setup = setup(wish("1081", "", List.of("8082:c:80"), ""), file);
        assertEquals(List.of(door("1081", Speaks.SOCKS), door("3128", Speaks.HTTP)), setup.doors());
        assertEquals(4, setup.forwards().size());
        assertEquals(List.of(LocalAddress.parse("5353")), setup.dns());
        assertEquals(List.of("intranet"), setup.searchDomains());
        assertEquals(1, setup.dnsServers().size());
    }

    @Test
    void oneConnectionOpensOnlyWhatOptionsSay() throws Exception {
        TunnelFile file = addressed("#@ Socks = 1080", "#@ LocalForward = 8080:a:80");
        ProxySetup setup = setup(wish("", "", NOTHING, "host:22"), file);
        assertEquals(List.of(), setup.doors());
        assertEquals(List.of(), setup.forwards());
    }

    @Test
    void wrongLinesAreNamedWithTheirPlace() throws Exception {
        TunnelFile forward = addressed("#@ LocalForward = 8080:a");
        ConfigException bad = assertThrows(ConfigException.class, () -> setup(SILENT, forward));
        assertEquals(
                FILE
                        + ":4: LocalForward: -L 8080:a: parts are missing: write"
                        + " [address:]port:host:port, as in -L 8080:intranet:80",
                bad.getMessage());
        TunnelFile socks = addressed("#@ Socks = elsewhere:80");
        bad = assertThrows(ConfigException.class, () -> setup(SILENT, socks));
        assertTrue(bad.toString().contains(":4: Socks: 'elsewhere:80' is no local address"));
    }

    @Test
    void wrongOptionsAreNamed() throws Exception {
        TunnelFile file = addressed();
        WrongInput bad =
                assertThrows(WrongInput.class, () -> setup(wish("x:1", "", NOTHING, ""), file));
        assertTrue(String.valueOf(bad.getMessage()).startsWith("--socks: 'x:1' is no local"));
        assertThrows(WrongInput.class, () -> setup(SILENT, file()));
        assertThrows(
                WrongInput.class, () -> setup(SILENT, addressed("#@ DnsListen = 127.0.0.1:53")));
        assertThrows(
                WrongInput.class,
                () -> setup(SILENT, addressed("DNS = 10.8.0.1", "#@ DnsListen = unix:/a")));
    }

    @Test
    void credentialsComeFromAFile(@TempDir Path folder) throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "two words\nrest\n");
        ProxySetup setup = setup(withUser("me", password), addressed());
        assertNotNull(setup.credentials());
        assertThrows(WrongInput.class, () -> setup(withUser("a:b", password), addressed()));
        assertThrows(
                WrongInput.class, () -> setup(withUser("me", folder.resolve("none")), addressed()));
        assertThrows(
                WrongInput.class,
                () -> setup(withUser("me", Files.writeString(password, "")), addressed()));
    }

    private static ProxyWish withUser(String user, Path password) {
        return new ProxyWish(FILE, null, null, NOTHING, NOTHING, null, null, null, user, password);
    }

    @Test
    void whatNeedsRootIsWarnedOfOnceEach() throws Exception {
        TunnelFile file =
                addressed(
                        "PostUp = true",
                        "PostDown = true",
                        "Table = 7",
                        "FwMark = 5",
                        "#@ KillSwitch = true");
        ProxyPlan plan = new ProxyPlan(wish("0.0.0.0:1080", "", NOTHING, ""), file);
        List<String> warnings = plan.warnings(plan.setup());
        assertEquals(5, warnings.size(), warnings::toString);
        assertTrue(warnings.getLast().startsWith("whoever reaches 0.0.0.0:1080"));
        ProxyPlan quiet = new ProxyPlan(SILENT, addressed());
        assertEquals(List.of(), quiet.warnings(quiet.setup()));
    }

    private static ProxyJob job(String stdio, String check) throws WrongInput {
        return ProxyJob.of(
                new ProxyWish(
                        FILE,
                        null,
                        null,
                        NOTHING,
                        NOTHING,
                        null,
                        stdio.isEmpty() ? null : stdio,
                        check.isEmpty() ? null : check,
                        null,
                        null));
    }

    @Test
    void jobsAreReadOfTargets() throws Exception {
        assertEquals(new ProxyJob.Serve(), job("", ""));
        assertEquals(new ProxyJob.Check("10.8.0.1", 0), job("", "10.8.0.1"));
        assertEquals(new ProxyJob.Check("10.8.0.1", 80), job("", "10.8.0.1:80"));
        assertEquals(new ProxyJob.Check("fd08::1", 0), job("", "fd08::1"));
        assertEquals(new ProxyJob.Check("fd08::1", 0), job("", "[fd08::1]"));
        assertEquals("[fd08::1]:80", job("", "[fd08::1]:80").toString());
        assertTrue(job("host:22", "") instanceof ProxyJob.Pipe);
        assertThrows(WrongInput.class, () -> job("host", ""));
        assertThrows(WrongInput.class, () -> job("", "a b"));
        assertThrows(WrongInput.class, () -> job("host:22", "host"));
    }
}
