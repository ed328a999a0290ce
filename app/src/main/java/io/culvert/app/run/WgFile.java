package io.culvert.app.run;

import io.culvert.client.tunnel.ClientTunnel;
import io.culvert.config.ConfigException;
import io.culvert.config.PeerSection;
import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that wg-quick brings up, as far as {@code culvert wg} asks for it: wg-quick tells keys,
 * peers and prefixes by the control socket, but takes {@code #@} lines for comments. Stateless.
 */
final class WgFile {
    /** Names the file; the launcher sets it where wg-quick is its parent. */
    static final String VARIABLE = "CULVERT_WG_CONFIG";

    private static final Logger log = LoggerFactory.getLogger(WgFile.class);

    private WgFile() {}

    /**
     * The file that the environment names, when it reaches a peer by WebSocket; else null.
     *
     * @throws ConfigException for a fault in it
     * @throws WrongInput where a file that it names cannot be used
     */
    static @Nullable TunnelFile read(Map<String, String> environment)
            throws ConfigException, WrongInput {
        String place = environment.getOrDefault(VARIABLE, "");
        if (place.isBlank()) {
            return null;
        }
        TunnelFile file = TunnelFile.read(Path.of(place));
        if (file.peers().stream().map(PeerSection::webSocket).allMatch(url -> url == null)) {
            return null;
        }
        if (file.local().killSwitch()) {
            throw new WrongInput(
                    place
                            + ": wg-quick raises no kill switch: bring it up by `culvert up`, or"
                            + " remove the line #@ KillSwitch");
        }
        try {
            ClientTunnel.check(file);
        } catch (IllegalArgumentException e) {
            throw new WrongInput(String.valueOf(e.getMessage()));
        }
        for (Warning warning : file.warnings()) {
            log.warn("{}", warning);
        }
        return file;
    }
}
