package io.culvert.app.run;

import io.culvert.server.config.GatewayConfig;
import java.nio.file.Path;
import java.util.Map;

/** Where a gateway keeps what it made itself. */
final class StateFolder {
    /** The environment variable that moves the folder. */
    static final String VARIABLE = "CULVERT_STATE_DIR";

    private StateFolder() {}

    /** Where the environment says, or {@code culvert-state} beside the gateway's file. */
    static Path of(Map<String, String> environment, GatewayConfig config) {
        String chosen = environment.get(VARIABLE);
        return chosen == null
                ? config.file().toAbsolutePath().resolveSibling("culvert-state")
                : Path.of(chosen);
    }
}
