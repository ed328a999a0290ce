package io.culvert.config;

import io.culvert.crypto.PublicKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel file: this end, its peers, and what the operator should look at. Immutable; {@code
 * toString} shows no secret.
 *
 * @param name the interface's, from the file's name
 * @param folder where the file lies: its relative paths begin there
 * @param local this end
 * @param warnings what was found when it was read
 */
public record TunnelFile(
        String name,
        Path folder,
        InterfaceSection local,
        List<PeerSection> peers,
        List<Warning> warnings) {
    static final String SUFFIX = ".conf";

    /** Keeps copies, and refuses a name that an interface cannot have. */
    public TunnelFile {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' cannot name an interface");
        }
        peers = List.copyOf(peers);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the file at {@code path}.
     *
     * @throws ConfigException on the first fault, with its place and remedy
     */
    public static TunnelFile read(Path path) throws ConfigException {
        return TunnelFileReader.read(path);
    }

    /**
     * Reads a file's text.
     *
     * @param path where it lies or will lie: gives the name, and the folder of relative paths
     */
    public static TunnelFile parse(Path path, String text) throws ConfigException {
        return new TunnelFileReader(path).parse(text, List.of());
    }

    /** Where the file lies. */
    public Path path() {
        return folder.resolve(name + SUFFIX);
    }

    /**
     * Whether an interface can have this name, as wg-quick sees it, and Linux, whose sysctls have
     * two names of their own.
     */
    public static boolean isName(String name) {
        return name.matches("[a-zA-Z0-9_=+.-]{1,15}") && !name.matches("\\.{1,2}|all|default");
    }

    /** The interface that is meant by its name, or by a path to its file. */
    public static String nameOf(String nameOrFile) {
        String last = nameOrFile.substring(nameOrFile.lastIndexOf('/') + 1);
        return last.endsWith(SUFFIX) ? last.substring(0, last.length() - SUFFIX.length()) : last;
    }

    /** The shell lines around up and down, with {@code %i} replaced. */
    public Hooks hooks() {
        return local.hooks().forInterface(name);
    }

    /**
     * The file as {@code SaveConfig} leaves it: what {@code wg showconf} would tell of now, in
     * place of what the file said. Peers by WebSocket stay as they are.
     *
     * @param listenPort the UDP port in use; null where none is
     * @param endpoints where peers are reached by UDP now
     */
    public TunnelFile withCurrent(
            @Nullable Integer listenPort, Map<PublicKey, Endpoint> endpoints) {
        List<PeerSection> now = new ArrayList<>();
        for (PeerSection peer : peers) {
            Endpoint endpoint = endpoints.get(peer.publicKey());
            if (endpoint == null || peer.webSocket() != null) {
                now.add(peer);
            } else {
                now.add(peer.withEndpoint(endpoint));
            }
        }
        InterfaceSection end = listenPort == null ? local : local.withListenPort(listenPort);
        return new TunnelFile(name, folder, end, now, warnings);
    }

    /** The file's text, with its secrets; stock wg-quick reads it too. */
    public String text() {
        return TunnelFileWriter.write(this);
    }
}
