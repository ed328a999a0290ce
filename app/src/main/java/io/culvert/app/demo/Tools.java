package io.culvert.app.demo;

import io.culvert.app.run.WrongInput;
import io.culvert.host.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What this machine has for the demonstration. Immutable. */
record Tools(boolean hasNginx, boolean hasPing, boolean hasTcpdump) {
    /**
     * Looks where programs are.
     *
     * @throws WrongInput when something is missing that it cannot do without
     */
    static Tools find(Commands commands) throws WrongInput {
        List<String> missing = new ArrayList<>();
        if (!commands.has("ip")) {
            missing.add("the program 'ip' (package iproute2)");
        }
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            missing.add("/dev/net/tun (`modprobe tun`)");
        }
        if (!missing.isEmpty()) {
            throw new WrongInput("'culvert demo' needs " + String.join(" and ", missing));
        }
        return new Tools(commands.has("nginx"), commands.has("ping"), commands.has("tcpdump"));
    }
}
