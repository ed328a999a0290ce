package io.culvert.app.run;

import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The UDP port that a tunnel file asks for. */
final class ListenPort {
    private static final String LINE = "(?i)\\s*ListenPort\\s*=.*";

    private ListenPort() {}

    /**
     * Tries the port while nothing is changed yet. What is bound in earnest comes later: the socket
     * needs the mark that the set-up chooses.
     *
     * @throws ConfigException when it cannot be had, with the line that asks for it
     */
    static void requireFree(Path path, TunnelFile file) throws ConfigException, IOException {
        Integer port = file.local().listenPort();
        boolean isUsed = file.peers().stream().anyMatch(peer -> peer.webSocket() == null);
        if (port == null || port == 0 || !isUsed) {
            return;
        }
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.bind(new InetSocketAddress(port));
        } catch (SocketException e) {
            throw new ConfigException(
                    path.toString(),
                    line(path),
                    "ListenPort",
                    "udp port " + port + " cannot be had (" + e.getMessage() + ")",
                    "end what has it, take another port, or leave the line out for any");
        }
    }

    /** Counted from 1. */
    private static int line(Path path) throws IOException {
        List<String> lines = Files.readAllLines(path);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches(LINE)) {
                return i + 1;
            }
        }
        return 1; // changed since it was read
    }
}
