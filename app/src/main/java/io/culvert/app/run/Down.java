package io.culvert.app.run;

import io.culvert.config.FileFault;
import io.culvert.config.TunnelFile;
import io.culvert.control.StatusSocket;
import io.culvert.host.HostException;
import io.culvert.host.HostsFile;
import io.culvert.host.Journal;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.RunDir;
import io.culvert.uapi.UapiSocket;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code culvert down}: ends whoever runs an interface, and undoes what a dead one left. */
public final class Down {
    private static final long STOP_LIMIT_S = 12;

    /** How often we wait again for one that is undoing: a hook may take minutes. */
    private static final int UNDO_ROUNDS = 50;

    private Down() {}

    /** 0 when the interface is down now, 1 when something could not be undone. */
    public static int run(String nameOrFile, PrintWriter err) throws HostException, WrongInput {
        String name = TunnelFile.nameOf(nameOrFile);
        RunDir runDir = folderOf(name);
        Owner owner = runDir.owner(name);
        if (owner == null && !runDir.names().contains(name)) {
            List<String> running = runDir.names();
            throw new WrongInput(
                    "nothing runs under the name '"
                            + name
                            + "'"
                            + (running.isEmpty()
                                    ? ""
                                    : ": there are " + String.join(", ", running)));
        }
        if (owner != null) {
            owner.requireHere(name);
            stop(owner, runDir, name);
        }
        List<String> leftovers = Journal.recover(runDir, name, Machine.local());
        deleteStatusSocket(runDir, name);
        UapiSocket.sweep(name);
        new HostsFile(runDir, name).delete();
        leftovers.forEach(line -> err.println("culvert: " + line));
        return leftovers.isEmpty() ? 0 : 1;
    }

    /** The user's own where that knows the name, else the machine's; the same for root. */
    private static RunDir folderOf(String name) throws HostException {
        RunDir ofUser = RunDir.ofUser(System.getenv());
        return ofUser.names().contains(name) ? ofUser : RunDir.of(System.getenv());
    }

    /** A killed process leaves it. */
    private static void deleteStatusSocket(RunDir runDir, String name) throws HostException {
        Path socket = StatusSocket.pathOf(runDir.folder(), name);
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new HostException(
                    socket + " cannot be deleted: " + FileFault.why(e), "delete it by hand", e);
        }
    }

    /** Asks politely, waits, and then does not ask any more. */
    private static void stop(Owner owner, RunDir runDir, String name) throws HostException {
        ProcessHandle process = ProcessHandle.of(owner.pid()).orElse(null);
        if (process == null) {
            return;
        }
        process.destroy();
        boolean isGone = awaitExit(process);
        for (int i = 0; i < UNDO_ROUNDS && !isGone && runDir.isEnding(name); i++) {
            isGone = awaitExit(process);
        }
        if (!isGone) {
            process.destroyForcibly();
            awaitExit(process);
        }
    }

    private static boolean awaitExit(ProcessHandle process) {
        try {
            process.onExit().get(STOP_LIMIT_S, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
