package io.culvert.app.run;

import io.culvert.client.proxy.attach.Attached;
import io.culvert.config.FileFault;
import io.culvert.config.TunnelFile;
import io.culvert.control.StatusSocket;
import io.culvert.host.HostException;
import io.culvert.host.HostsFile;
import io.culvert.host.Journal;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.RunDir;
import io.culvert.host.UserFolder;
import io.culvert.uapi.UapiSocket;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** {@code culvert down}: ends whoever runs an interface, and undoes what a dead one left. */
public final class Down {
    private static final long STOP_LIMIT_S = 12;

    /** How often we wait again for one that is undoing: a hook may take minutes. */
    private static final int UNDO_ROUNDS = 50;

    private Down() {}

    /** 0 when the interface is down now, 1 when something could not be undone. */
    public static int run(String nameOrFile, PrintWriter err) throws HostException, WrongInput {
        String name = TunnelFile.nameOf(nameOrFile);
        RunDir machine = RunDir.of(System.getenv());
        RunDir user = RunDir.ofUser(System.getenv());
        if (user.names().contains(name)) {
            return run(name, user, err);
        }
        if (machine.names().contains(name)) {
            return run(name, machine, err);
        }
        if (Privilege.isRoot() && stopOfUser(name)) {
            return 0;
        }
        List<String> running =
                Stream.concat(user.names().stream(), machine.names().stream()).distinct().toList();
        throw new WrongInput(
                "nothing runs under the name '"
                        + name
                        + "'"
                        + (running.isEmpty() ? "" : ": there are " + String.join(", ", running)));
    }

    /** A proxy of some other user; what that has left is for its user to undo. */
    private static boolean stopOfUser(String name) throws HostException {
        boolean isFound = false;
        for (UserFolder folder : UserFolder.all()) {
            Owner owner = folder.owner(name);
            if (owner != null) {
                isFound = true;
                stop(owner, new RunDir(folder.folder()), name);
            }
        }
        return isFound;
    }

    private static int run(String name, RunDir runDir, PrintWriter err) throws HostException {
        Owner owner = runDir.owner(name);
        if (owner != null) {
            owner.requireHere(name);
            askProxy(runDir, name);
            stop(owner, runDir, name);
        }
        List<String> leftovers = Journal.recover(runDir, name, Machine.local());
        deleteSockets(runDir, name);
        UapiSocket.sweep(name);
        new HostsFile(runDir, name).delete();
        leftovers.forEach(line -> err.println("culvert: " + line));
        return leftovers.isEmpty() ? 0 : 1;
    }

    /** One that only stays for others hears no signal. */
    private static void askProxy(RunDir runDir, String name) {
        try (Attached proxy = Attached.find(Attached.pathOf(runDir.folder(), name))) {
            if (proxy != null) {
                proxy.end();
            }
        } catch (IOException ignored) { // it is ending
        }
    }

    /** A killed process leaves them. */
    private static void deleteSockets(RunDir runDir, String name) throws HostException {
        Path folder = runDir.folder();
        for (Path socket :
                List.of(StatusSocket.pathOf(folder, name), Attached.pathOf(folder, name))) {
            try {
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                throw new HostException(
                        socket + " cannot be deleted: " + FileFault.why(e), "delete it by hand", e);
            }
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
