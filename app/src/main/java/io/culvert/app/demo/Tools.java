package io.culvert.app.demo;

import io.culvert.host.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What this machine has for the demonstration. Immutable.
 *
 * @param missing what networks of its own cannot be made without
 */
record Tools(
        boolean hasNginx,
        boolean hasPing,
        boolean hasTcpdump,
        boolean hasCurl,
        List<String> missing) {
    /** Looks where programs are. */
    static Tools find(Commands commands) {
        List<String> missing = new ArrayList<>();
        if (!commands.has("ip")) {
            missing.add("the program 'ip' is not installed (package iproute2)");
        }
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            missing.add("there is no /dev/net/tun (`modprobe tun`)");
        }
        return new Tools(
                commands.has("nginx"),
                commands.has("ping"),
                commands.has("tcpdump"),
                commands.has("curl"),
                missing);
    }
}
