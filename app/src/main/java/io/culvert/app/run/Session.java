package io.culvert.app.run;

import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import io.culvert.host.HostException;
import io.culvert.host.Journal;
import io.culvert.host.LinkSetup;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.Remotes;
import io.culvert.host.RunDir;
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

    private Session(RunDir runDir, Journal journal) {
        this.runDir = runDir;
        this.journal = journal;
    }

    /**
     * Takes the name, after undoing what a killed process left.
     *
     * @throws HostException when somebody runs it already
     */
    static Session claim(TunnelFile file) throws HostException {
        for (Warning warning : file.warnings()) {
            log.warn("{}", warning);
        }
        RunDir runDir = RunDir.of(System.getenv());
        Journal journal =
                file.local().killSwitch()
                        ? Journal.claimUnderKillSwitch(
                                runDir, file.name(), Owner.self(), Machine.local())
                        : Journal.claim(runDir, file.name(), Owner.self(), Machine.local());
        warn(journal.leftovers());
        return new Session(runDir, journal);
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

    /** Undoes every trace, last change first. A second call does nothing. */
    @Override
    public void close() throws HostException {
        warn(journal.undo());
    }
}
