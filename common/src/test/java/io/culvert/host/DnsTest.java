package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DnsTest {
    private static final String WRITTEN =
            """
            # Written by culvert for wg0, which restores what was here
            nameserver 10.8.0.1
            nameserver fd08::1
            search corp.example
            options edns0
            """;

    @TempDir private Path dir;
    private final PretendHost host = HostFixture.linux();
    private final String original = String.valueOf(host.files.get(HostFixture.RESOLV));

    private Journal up(String name, String servers) throws Exception {
        Journal journal = Journal.claim(new RunDir(dir), name, Owner.self(), host.machine());
        Changes changes = new Changes(host.machine(), journal);
        new Dns(changes, name).up(HostFixture.tunnel(name, "DNS = " + servers, "").local());
        return journal;
    }

    private Journal up() throws Exception {
        return up("wg0", "10.8.0.1, fd08::1, corp.example");
    }

    @Test
    void writesTheFileInPlaceAndRestoresIt() throws Exception {
        Journal journal = up();
        assertEquals(WRITTEN, host.files.get(HostFixture.RESOLV));

        assertEquals(List.of(), journal.undo());
        assertEquals(original, host.files.get(HostFixture.RESOLV));
    }

    @Test
    void leavesAFileAloneThatSomebodyElseRewrote() throws Exception {
        Journal journal = up();
        host.files.put(HostFixture.RESOLV, "nameserver 192.0.2.99\n");

        assertEquals(List.of(), journal.undo());
        assertEquals("nameserver 192.0.2.99\n", host.files.get(HostFixture.RESOLV));
    }

    @Test
    void restoresAFileThatWasCutWhileItWasWritten() throws Exception {
        Journal journal = up();
        host.files.put(HostFixture.RESOLV, WRITTEN.substring(0, 20));

        assertEquals(List.of(), journal.undo());
        assertEquals(original, host.files.get(HostFixture.RESOLV));
    }

    @Test
    void aMissingFileIsMissingAgainAfterwards() throws Exception {
        host.files.remove(HostFixture.RESOLV);
        Journal journal = up();
        assertEquals(WRITTEN.replace("options edns0\n", ""), host.files.get(HostFixture.RESOLV));

        assertEquals(List.of(), journal.undo());
        assertNull(host.files.get(HostFixture.RESOLV));
    }

    @Test
    void aLinkIntoNowhereIsTheSameLinkAfterwards() throws Exception {
        host.files.remove(HostFixture.RESOLV);
        host.links.put(HostFixture.RESOLV, "../run/gone/resolv.conf");
        Journal journal = up();
        assertFalse(host.links.containsKey(HostFixture.RESOLV));

        assertEquals(List.of(), journal.undo());
        assertEquals("../run/gone/resolv.conf", host.links.get(HostFixture.RESOLV));
        assertNull(host.files.get(HostFixture.RESOLV));
    }

    @Test
    void twoTunnelsGoDownInEitherOrder() throws Exception {
        Journal first = up();
        Journal second = up("wg1", "10.9.0.1");
        assertEquals(List.of(), first.undo());
        assertEquals(
                """
                # Written by culvert for wg1, which restores what was here
                nameserver 10.9.0.1
                options edns0
                """,
                host.files.get(HostFixture.RESOLV));
        assertEquals(List.of(), second.undo());
        assertEquals(original, host.files.get(HostFixture.RESOLV));

        first = up();
        second = up("wg1", "10.9.0.1");
        assertEquals(List.of(), second.undo());
        assertEquals(WRITTEN, host.files.get(HostFixture.RESOLV));
        assertEquals(List.of(), first.undo());
        assertEquals(original, host.files.get(HostFixture.RESOLV));
    }

    @Test
    void asksSystemdResolvedWhereItServesTheMachine() throws Exception {
        host.programs.add("resolvectl");
        host.files.put(HostFixture.RESOLV, "nameserver 127.0.0.53\n");
        Journal journal = up();

        assertEquals(
                List.of(
                        "resolvectl dns wg0 10.8.0.1 fd08::1",
                        "resolvectl domain wg0 ~. corp.example",
                        "resolvectl default-route wg0 yes"),
                host.log);
        host.log.clear();
        assertEquals(List.of(), journal.undo());
        assertEquals(List.of("resolvectl revert wg0"), host.log);
    }

    @Test
    void doesNotAskResolvedWhereNobodyAsksIt() throws Exception {
        host.programs.add("resolvectl");
        up();
        assertEquals(WRITTEN, host.files.get(HostFixture.RESOLV));
    }

    @Test
    void asksResolvconfWhereThereIsOne() throws Exception {
        host.programs.add("resolvconf");
        Journal journal = up();

        assertEquals(
                List.of(
                        """
                        resolvconf -a tun.wg0 -m 0 -x <<< nameserver 10.8.0.1
                        nameserver fd08::1
                        search corp.example
                        """),
                host.log);
        assertEquals(List.of(), journal.undo());
        assertEquals("resolvconf -d tun.wg0 -f", host.log.getLast());
    }

    @Test
    void writesTheFileWhereResolvconfDoesNotWork() throws Exception {
        host.programs.add("resolvconf");
        host.answers.put("resolvconf -a tun.wg0 -m 0 -x", "Failed to set DNS: unit not found");
        up();
        assertEquals(WRITTEN, host.files.get(HostFixture.RESOLV));
    }

    @Test
    void searchDomainsAloneChangeNothing() throws Exception {
        up("wg0", "corp.example");
        assertEquals(List.of(), host.log);
    }

    @Test
    void saysWhatToDoAboutAReadOnlyFile() {
        host.answers.put("write " + HostFixture.RESOLV, "Read-only file system");
        HostException e = assertThrows(HostException.class, this::up);
        assertEquals(
                "/etc/resolv.conf cannot be written: Read-only file system: run as root, or leave"
                        + " DNS out of the tunnel file and set it yourself",
                e.getMessage());
    }

    @Test
    void localFilesKeepModeAndLink() throws Exception {
        LocalFiles files = new LocalFiles();
        Path target = Files.writeString(dir.resolve("target"), "old");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("target"));

        files.write(link, "new content".getBytes(Changes.TEXT));
        files.write(link, "n".getBytes(Changes.TEXT));

        assertEquals("n", Files.readString(target));
        assertEquals("target", files.linkTarget(link));
        assertEquals(
                "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
        assertNull(files.read(dir.resolve("none")));
        files.delete(dir.resolve("none"));
        files.link(link, "elsewhere");
        assertEquals("elsewhere", files.linkTarget(link));
        assertEquals(List.of("link", "target"), files.list(dir));
        assertEquals(List.of(), files.list(dir.resolve("none")));
    }
}
