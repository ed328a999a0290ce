package io.culvert.app.run;

import io.culvert.host.HostException;
import io.culvert.host.Journal;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.RunDir;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code culvert down}: ends whoever runs an interface, and undoes what a dead one left. */
public final class Down {
    private static final long STOP_LIMIT_S = 12;

    private Down() {}

    /** 0 when the interface is down now, 1 when something could not be undone. */
    public static int run(String nameOrFile, PrintWriter err) throws HostException, WrongInput {
        String name = nameOf(nameOrFile);
        RunDir runDir = RunDir.of(System.getenv());
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
            stop(owner);
        }
        List<String> leftovers = Journal.recover(runDir, name, Machine.local());
        leftovers.forEach(line -> err.println("culvert: " + line));
        return leftovers.isEmpty() ? 0 : 1;
    }

    private static String nameOf(String nameOrFile) {
        String last = nameOrFile.substring(nameOrFile.lastIndexOf('/') + 1);
        return last.endsWith(".conf") ? last.substring(0, last.length() - 5) : last;
    }

    /** Asks politely, waits, and then does not ask any more. */
    private static void stop(Owner owner) {
        ProcessHandle.of(owner.pid())
                .ifPresent(process -> {
                    process.destroy();
                    if (!awaitExit(process)) {
                        process.destroyForcibly();
                        awaitExit(process);
                    }
                });
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
