package io.culvert.app.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel asks of whoever makes interfaces and routes. */
public final class Privilege {
    private static final int CAP_KILL = 5;
    private static final int CAP_NET_BIND_SERVICE = 10;
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_SYS_ADMIN = 21;

    private Privilege() {}

    /** Refuses, in words, where this process may not do it. */
    static void require(String command) throws WrongInput {
        if (!has(CAP_NET_ADMIN)) {
            throw new WrongInput(
                    "'culvert "
                            + command
                            + "' makes a network interface: run it as root"
                            + " (sudo) or with CAP_NET_ADMIN"
                            + (command.equals("server")
                                    ? ", or write `inside: userspace` into its file"
                                    : ""));
        }
    }

    /** Whether this process may make network namespaces. */
    public static boolean mayMakeNetworks() {
        return has(CAP_NET_ADMIN) && has(CAP_SYS_ADMIN);
    }

    /** Whether this process may look at, and end, what other users run. */
    static boolean isRoot() {
        return has(CAP_KILL);
    }

    /** Whether this process may make network interfaces. */
    public static boolean mayMakeInterfaces() {
        return has(CAP_NET_ADMIN);
    }

    /** Whether this process may listen below port 1024. */
    public static boolean mayBindLowPorts() {
        return has(CAP_NET_BIND_SERVICE);
    }

    private static boolean has(int capability) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    long mask = Long.parseUnsignedLong(line.substring(7).strip(), 16);
                    return (mask >> capability & 1) == 1;
                }
            }
        } catch (IOException ignored) {
            // No /proc: the kernel's own refusal will tell.
            return true;
        }
        return true;
    }
}
