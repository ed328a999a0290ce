package io.culvert.app.demo;

import io.culvert.app.run.WrongInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What this machine has for the demonstration. Immutable. */
record Tools(boolean hasNginx, boolean hasPing, boolean hasTcpdump) {
    private static final String USUAL_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    /**
     * Looks along the path.
     *
     * @throws WrongInput when something is missing that it cannot do without
     */
    static Tools find(Map<String, String> environment) throws WrongInput {
        String path = environment.getOrDefault("PATH", USUAL_PATH);
        List<String> missing = new ArrayList<>();
        if (!has(path, "ip")) {
            missing.add("the program 'ip' (package iproute2)");
        }
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            missing.add("/dev/net/tun (`modprobe tun`)");
        }
        if (!missing.isEmpty()) {
            throw new WrongInput("'culvert demo' needs " + String.join(" and ", missing));
        }
        return new Tools(has(path, "nginx"), has(path, "ping"), has(path, "tcpdump"));
    }

    private static boolean has(String path, String program) {
        for (String folder : path.split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
