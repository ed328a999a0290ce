package io.culvert.app.run;

import io.culvert.client.dial.AddressSource;
import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import io.culvert.host.HostException;
import io.culvert.host.HostsFile;
import io.culvert.host.Journal;
import io.culvert.host.LinkSetup;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.Remotes;
import io.culvert.host.RunDir;
import io.culvert.host.UserFolder;
import io.culvert.tun.Tun;
import io.culvert.tun.linux.LinuxTun;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One interface on this machine, from claiming its name to undoing every trace. Confined to the
 * thread that runs the command.
 */
final class Session implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final Machine machine = Machine.local();
    private final RunDir runDir;
    private final Journal journal;
    private final HostsFile hosts;
    private final StopSignal stop;
    private boolean isUp;

    private Session(RunDir runDir, Journal journal, StopSignal stop) {
        this.runDir = runDir;
        this.journal = journal;
        this.hosts = new HostsFile(runDir, journal.name());
        this.stop = stop;
    }

    /**
     * Takes the name, after undoing what a killed process left. From then until the interface is up
     * a stop interrupts the calling thread.
     *
     * @throws HostException when somebody runs it already
     */
    static Session claim(TunnelFile file, StopSignal stop) throws HostException {
        for (Warning warning : file.warnings()) {
            log.warn("{}", warning);
        }
        RunDir runDir = RunDir.of(System.getenv());
        Journal journal = claim(file, runDir, stop);
        warn(journal.leftovers());
        warnOfProxies(file.name());
        stop.beginSetUp();
        return new Session(runDir, journal, stop);
    }

    private static Journal claim(TunnelFile file, RunDir runDir, StopSignal stop)
            throws HostException {
        Machine machine = Machine.local();
        stop.beginUndo();
        try {
            return file.local().killSwitch()
                    ? Journal.claimUnderKillSwitch(runDir, file.name(), Owner.self(), machine)
                    : Journal.claim(runDir, file.name(), Owner.self(), machine);
        } finally {
            stop.endUndo(true);
        }
    }

    /** Not refused: any user could keep the machine's tunnel from coming up then. */
    private static void warnOfProxies(String name) throws HostException {
        for (UserFolder folder : UserFolder.all()) {
            Owner owner = folder.owner(name);
            if (owner != null && owner.pid() != ProcessHandle.current().pid()) {
                log.warn(
                        "user {} runs a proxy {} (process {}): if that is of the same file, the two"
                                + " take each other's answers; end it first (`culvert down {}`)",
                        folder.uid(),
                        name,
                        owner.pid(),
                        name);
            }
        }
    }

    RunDir runDir() {
        return runDir;
    }

    Machine machine() {
        return machine;
    }

    Journal journal() {
        return journal;
    }

    /** What the carriers' hosts are looked up with. */
    AddressSource addresses(TunnelFile file) {
        AddressSource system = AddressSource.ofSystem();
        return file.local().killSwitch()
                ? new RememberedHosts(system, hosts, journal.hasOldKillSwitch())
                : system;
    }

    /** What the machine's set-up came to. */
    record Inside(Tun tun, LinkSetup link) {
        int mtu() {
            return link.plan().mtu();
        }

        int mark() {
            Long mark = link.plan().mark();
            return mark == null ? 0 : mark.intValue();
        }
    }

    /** Makes the device and turns the traffic into it; the caller closes the device. */
    Inside openInside(TunnelFile file, Remotes remotes) throws HostException, IOException {
        LinkSetup link = LinkSetup.of(machine, journal, file, remotes);
        link.before();
        Tun tun = LinuxTun.open(file.name());
        boolean success = false;
        try {
            link.up();
            warn(link.warnings());
            stop.endSetUp();
            isUp = true;
            success = true;
            return new Inside(tun, link);
        } finally {
            if (!success) {
                tun.close();
            }
        }
    }

    static void warn(List<String> lines) {
        lines.forEach(line -> log.warn("{}", line));
    }

    /**
     * Undoes every trace, last change first. A second call does nothing.
     *
     * <p>Where the set-up failed under the kill switch of a killed run, that stays: what it kept
     * from leaking must not leak now.
     */
    @Override
    public void close() throws HostException {
        stop.beginUndo();
        boolean isClean = false;
        try {
            boolean keeps = journal.hasOldKillSwitch() && !isUp && !stop.requested().isDone();
            List<String> leftovers = keeps ? journal.undoUnderKillSwitch() : journal.undo();
            warn(leftovers);
            if (leftovers.isEmpty() && !keeps) {
                hosts.delete();
            }
            if (keeps) {
                log.warn(
                        "the killed run's kill switch still stands: `culvert down {}` lowers it",
                        journal.name());
            }
            isClean = leftovers.isEmpty();
        } finally {
            stop.endUndo(isClean);
        }
    }
}
