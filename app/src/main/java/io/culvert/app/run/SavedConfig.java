package io.culvert.app.run;

import io.culvert.config.Endpoint;
import io.culvert.config.FileFault;
import io.culvert.config.TunnelFile;
import io.culvert.control.InterfaceStatus;
import io.culvert.control.InterfaceStatus.PeerStatus;
import io.culvert.crypto.PublicKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code SaveConfig = true}: what runs is written back when the tunnel is brought down. */
final class SavedConfig {
    private static final Logger log = LoggerFactory.getLogger(SavedConfig.class);
    private static final long LIMIT_S = 2;

    private SavedConfig() {}

    /**
     * Writes the file anew where it asks for that and something is different; its comments go then,
     * as with wg-quick. A failure is told and hinders nothing.
     */
    static void save(TunnelFile file, CompletableFuture<InterfaceStatus> status) {
        save(file, status, true);
    }

    /** The same for a gateway, whose own file says where it listens. */
    static void saveEndpoints(TunnelFile file, CompletableFuture<InterfaceStatus> status) {
        save(file, status, false);
    }

    private static void save(
            TunnelFile file, CompletableFuture<InterfaceStatus> asked, boolean withPort) {
        if (!file.local().saveConfig()) {
            return;
        }
        try {
            InterfaceStatus status = asked.orTimeout(LIMIT_S, TimeUnit.SECONDS).join();
            Integer port = withPort ? status.listenPort() : null;
            TunnelFile now = file.withCurrent(port, endpoints(status));
            if (!now.text().equals(file.text())) {
                replace(file.path(), now.text());
            }
        } catch (IOException e) {
            log.warn("{}: SaveConfig could not be done: {}", file.path(), FileFault.why(e));
        } catch (CompletionException e) {
            log.warn(
                    "{}: SaveConfig could not be done: {}",
                    file.path(),
                    String.valueOf(e.getCause()));
        }
    }

    /** Where peers are reached by UDP. */
    static Map<PublicKey, Endpoint> endpoints(InterfaceStatus status) {
        Map<PublicKey, Endpoint> endpoints = new HashMap<>();
        for (PeerStatus peer : status.peers()) {
            boolean isUdp = peer.carrier() != null && peer.carrier().kind().equals("udp");
            if (isUdp && peer.endpoint() != null) {
                endpoints.put(PublicKey.parse(peer.publicKey()), Endpoint.parse(peer.endpoint()));
            }
        }
        return endpoints;
    }

    /** At once or not at all, and for its owner only, as it holds keys. */
    private static void replace(Path path, String text) throws IOException {
        Path target = path.toRealPath();
        Path fresh = target.resolveSibling("." + target.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try {
            write(fresh, text);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh); // only there when something failed
        }
    }

    /** On the disk when it returns, so that a crash after the rename cannot leave an empty file. */
    private static void write(Path fresh, String text) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
