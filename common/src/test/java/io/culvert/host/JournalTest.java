package io.culvert.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
    private static final UndoStep STEP = new UndoStep.RunCommand(List.of("ip", "rule", "del", "x"));

    @TempDir private Path temp;
    private final PretendHost host = new PretendHost();
    private RunDir folder;

    @BeforeEach
    void chooseFolder() {
        folder = new RunDir(temp.resolve("run/culvert"));
    }

    private Journal claim(String name, Owner owner) throws HostException {
        return Journal.claim(folder, name, owner, host.machine());
    }

    @Test
    void keepsItsFileToItself() throws Exception {
        claim("wg0", Owner.self());

        assertEquals("rw-------", mode(folder.journal("wg0")));
        assertEquals("rwxr-xr-x", mode(folder.folder()));
    }

    @Test
    void writesAStepBeforeItReturns() throws Exception {
        Journal journal = claim("wg0", Owner.self());
        List<UndoStep> steps =
                List.of(
                        STEP,
                        new UndoStep.RestoreFile("/a", "YQ==", "Yg==", "Yw=="),
                        new UndoStep.RemoveFile("/b", "YQ=="),
                        new UndoStep.RestoreLink("/c", "../d"),
                        new UndoStep.WriteSysctl("/proc/sys/e", "0"),
                        new UndoStep.RunHook("hook PreDown 1", "f"),
                        new UndoStep.LowerKillSwitch("g"));
        for (UndoStep step : steps) {
            journal.record(step);
        }

        JournalFile.Content content = JournalFile.read(folder.journal("wg0"));
        assertNotNull(content);
        assertEquals(steps, content.steps());
        assertEquals(Owner.self(), content.owner());
    }

    @Test
    void undoesTheLastFirstAndOnlyOnce() throws Exception {
        Journal journal = claim("wg0", Owner.self());
        journal.record(new UndoStep.RunCommand(List.of("sh", "-c", "first")));
        journal.record(new UndoStep.RunCommand(List.of("sh", "-c", "second")));

        assertEquals(List.of(), journal.undo());
        assertEquals(List.of(), journal.undo());

        assertEquals(List.of("sh -c second", "sh -c first"), host.log);
        assertFalse(Files.exists(folder.journal("wg0")));
        assertThrows(IllegalStateException.class, () -> journal.record(STEP));
    }

    @Test
    void doesNotTouchWhatALivingOwnerHas() throws Exception {
        claim("wg0", Owner.self());
        String expected =
                "the interface wg0 is in use by process "
                        + Owner.self().pid()
                        + ": stop it with `culvert down wg0`";

        HostException second = assertThrows(HostException.class, () -> claim("wg0", Owner.self()));
        HostException rescue =
                assertThrows(
                        HostException.class, () -> Journal.recover(folder, "wg0", host.machine()));

        assertEquals(expected, second.getMessage());
        assertEquals(expected, rescue.getMessage());
        assertEquals(Owner.self(), folder.owner("wg0"));
        assertEquals(List.of("wg0"), folder.names());
    }

    @Test
    void tellsALaterProcessWithTheSamePidFromTheOwner() throws Exception {
        claim("wg0", new Owner(Owner.self().pid(), Owner.self().startTicks() - 1)).record(STEP);

        assertNull(folder.owner("wg0"));
        assertEquals(List.of(), Journal.recover(folder, "wg0", host.machine()));
        assertEquals(List.of("ip rule del x"), host.log);
    }

    @Test
    void claimingUndoesWhatADeadOwnerLeft() throws Exception {
        claim("wg0", HostFixture.DEAD).record(STEP);

        claim("wg0", Owner.self());

        assertEquals(List.of("ip rule del x"), host.log);
        assertEquals(Owner.self(), folder.owner("wg0"));
    }

    @Test
    void skipsALastLineThatWasCut() throws Exception {
        claim("wg0", HostFixture.DEAD).record(STEP);
        Files.writeString(
                folder.journal("wg0"),
                "{\"undo\":\"run\",\"argv\":[\"rm",
                StandardOpenOption.APPEND);

        assertEquals(List.of(), Journal.recover(folder, "wg0", host.machine()));
        assertEquals(List.of("ip rule del x"), host.log);
    }

    @Test
    void recoversAFileWhoseFirstLineWasCut() throws Exception {
        claim("wg0", HostFixture.DEAD);
        Files.writeString(folder.journal("wg0"), "{\"pid\":");
        assertEquals(List.of(), Journal.recover(folder, "wg0", host.machine()));
        assertEquals(List.of(), folder.names());
    }

    @Test
    void recoveringNothingIsFine() throws Exception {
        assertEquals(List.of(), Journal.recover(folder, "wg0", host.machine()));
        assertEquals(List.of(), folder.names());
        assertNull(folder.owner("wg0"));
    }

    @Test
    void goesOnAfterAFailureAndReportsIt() throws Exception {
        host.answers.put("sh -c broken", "cannot do that");
        Journal journal = claim("wg0", Owner.self());
        journal.record(STEP);
        journal.record(new UndoStep.RunCommand(List.of("sh", "-c", "broken")));

        assertEquals(List.of("`sh -c broken` did not undo: cannot do that"), journal.undo());
        assertTrue(host.log.contains("ip rule del x"));
    }

    @Test
    void whatFailedStaysForTheNext() throws Exception {
        host.answers.put("ip rule del x", "Operation not permitted");
        Journal journal = claim("wg0", HostFixture.DEAD);
        journal.record(STEP);
        journal.record(new UndoStep.RunCommand(List.of("sh", "-c", "fine")));

        assertEquals(1, journal.undo().size());
        assertEquals(List.of("wg0"), folder.names());
        assertEquals(1, Journal.recover(folder, "wg0", host.machine()).size());
        Journal next = claim("wg0", HostFixture.DEAD);
        assertEquals(1, next.leftovers().size());
        host.answers.clear();

        assertEquals(List.of(), Journal.recover(folder, "wg0", host.machine()));
        assertEquals(List.of(), folder.names());
        assertEquals(1, host.log.stream().filter("sh -c fine"::equals).count());
    }

    @Test
    void aStepWhoseProgramWasKilledIsTriedAgain() throws Exception {
        host.killedOnce.add("ip rule del x");
        Journal journal = claim("wg0", Owner.self());
        journal.record(STEP);

        assertEquals(List.of(), journal.undo());
        assertEquals(List.of("ip rule del x", "ip rule del x"), host.log);
    }

    @Test
    void aHookRunsOnceThoughItFailsWithAWordThatMeansDone() throws Exception {
        host.answers.put("sh -s", "sh: wg: not found");
        Journal journal = claim("wg0", HostFixture.DEAD);
        journal.record(new UndoStep.RunHook("hook PreDown 1", "wg secret"));

        assertEquals(
                List.of("hook PreDown 1 failed (exit 1), what it printed stands above"),
                journal.undo());
        assertEquals(List.of(), folder.names());
    }

    @Test
    void aHookThatWasRunningWhenTheProcessDiedDoesNotRunAgain() throws Exception {
        Journal journal = claim("wg0", HostFixture.DEAD);
        journal.record(STEP);
        journal.record(new UndoStep.RunHook("hook PreDown 1", "slow"));
        host.changesLeft = 1;
        assertThrows(PretendHost.Death.class, journal::undo);
        host.changesLeft = Integer.MAX_VALUE;
        assertTrue(folder.isEnding("wg0"));

        assertEquals(List.of(), Journal.recover(folder, "wg0", host.machine()));
        assertEquals("ip rule del x", host.log.getLast());
        assertEquals(0, host.log.stream().filter(line -> line.contains("slow")).count());
    }

    @Test
    void aHookMayBringOtherTunnelsUpAndDown() throws Exception {
        Journal journal = claim("wg0", Owner.self());
        journal.record(STEP);
        journal.record(new UndoStep.RunHook("hook PreDown 1", "culvert up other"));
        host.duringHook = () -> bringUpAndDown("other");

        assertEquals(List.of(), journal.undo());
        assertEquals(List.of(), folder.names());
    }

    private void bringUpAndDown(String name) {
        try {
            assertEquals(List.of(), claim(name, Owner.self()).undo());
        } catch (HostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusesAFolderThatOthersCanWriteInto() throws Exception {
        Path open = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        HostException e =
                assertThrows(
                        HostException.class,
                        () -> Journal.recover(new RunDir(open), "wg0", host.machine()));
        assertTrue(String.valueOf(e.getMessage()).contains("can be written by others"));
    }

    @Test
    void standsWhereTheEnvironmentSays() {
        assertEquals(Path.of("/run/culvert"), RunDir.of(Map.of()).folder());
        assertEquals(Path.of("/x"), RunDir.of(Map.of("CULVERT_RUNTIME_DIR", "/x")).folder());
        assertEquals(Path.of("/run/culvert"), RunDir.of(Map.of(RunDir.VARIABLE, "")).folder());
    }

    @Test
    void readsAProcessWhoseNameHoldsParentheses() {
        String rest = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        assertEquals(new Owner(5, 4711), Owner.parse(5, "5 (a) b (c)" + rest));
        assertNull(Owner.parse(5, "5 (a)" + rest.replace(" S ", " Z ")));
        assertTrue(Owner.self().isAlive());
        assertFalse(HostFixture.DEAD.isAlive());
    }

    @Test
    void leavesATunnelOfAnotherNetworkNamespaceAlone() throws Exception {
        Owner self = Owner.self();
        claim("wg0", new Owner(self.pid(), self.startTicks(), "net:[1]")).record(STEP);

        HostException e = assertThrows(HostException.class, () -> claim("wg0", self));
        assertTrue(String.valueOf(e.getMessage()).contains("another network namespace, net:[1]"));
        assertEquals(List.of(), host.log);
    }

    @Test
    void undoesWhatATunnelOfANamespaceThatIsGoneLeft() throws Exception {
        claim("wg0", new Owner(1L << 40, 1, "net:[1]")).record(STEP);
        assertEquals(List.of(), Journal.recover(folder, "wg0", host.machine()));
        assertEquals(List.of("ip rule del x"), host.log);
    }

    @Test
    void theLastTunnelRestoresASharedKernelParameter() throws Exception {
        String path = HostFixture.VALID_MARK;
        host.files.put(path, "0\n");
        Journal first = claim("wg0", Owner.self());
        Journal second = claim("wg1", Owner.self());
        new Changes(host.machine(), first).sysctl(path, "1");
        new Changes(host.machine(), second).sysctl(path, "1");

        assertEquals(List.of(), first.undo());
        assertEquals("1\n", host.files.get(path));
        assertEquals(List.of(), second.undo());
        assertEquals("0\n", host.files.get(path));
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
