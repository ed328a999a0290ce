package io.culvert.app.run;

import io.culvert.client.relay.RelayMemory;
import io.culvert.client.relay.SessionNames;
import io.culvert.host.HostException;
import io.culvert.host.RunDir;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a relay remembers over a {@code kill -9}, in the runtime folder: a line with the secret that
 * it names its sessions by, then a line for each address that it relays for. Locked, since two
 * relays must never use one secret. Confined to one thread at a time.
 */
final class RelayFile implements RelayMemory, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RelayFile.class);
    private static final int LARGEST_BYTES = 1 << 16;

    private final byte[] secret;
    private final List<String> before;
    private final @Nullable FileChannel file;

    private RelayFile(byte[] secret, List<String> before, @Nullable FileChannel file) {
        this.secret = secret;
        this.before = before;
        this.file = file;
    }

    /**
     * That of the relay that listens there; one that is kept nowhere if another relay holds it, or
     * the folder cannot be written.
     *
     * @param listen resolved; with port 0 nothing is kept, since the next relay has another port
     */
    static RelayFile open(Map<String, String> environment, InetSocketAddress listen) {
        if (listen.getPort() == 0) {
            return unkept();
        }
        try {
            RunDir folder = RunDir.of(environment);
            folder.prepare();
            String host = listen.getAddress().getHostAddress().replace(':', '_');
            return kept(folder.folder().resolve("relay-" + host + "-" + listen.getPort()));
        } catch (IOException | HostException e) {
            log.info("sessions do not outlive this process: {}", e.getMessage());
            return unkept();
        }
    }

    private static RelayFile unkept() {
        return new RelayFile(freshSecret(), List.of(), null);
    }

    private static RelayFile kept(Path place) throws IOException {
        FileChannel file =
                FileChannel.open(
                        place,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        boolean success = false;
        try {
            if (file.tryLock() == null) {
                throw new IOException(place + " is another relay's");
            }
            RelayFile read = read(file);
            success = true;
            return read;
        } finally {
            if (!success) {
                file.close();
            }
        }
    }

    private static RelayFile read(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LARGEST_BYTES);
        int length = Math.max(file.read(bytes, 0), 0);
        List<String> lines =
                new String(bytes.array(), 0, length, StandardCharsets.UTF_8).lines().toList();
        if (!lines.isEmpty()) {
            try {
                byte[] secret = HexFormat.of().parseHex(lines.getFirst());
                if (secret.length == SessionNames.SECRET_BYTES) {
                    return new RelayFile(secret, lines.subList(1, lines.size()), file);
                }
            } catch (IllegalArgumentException e) {
                log.info("what the last relay kept is no secret; a new one begins");
            }
        }
        RelayFile fresh = new RelayFile(freshSecret(), List.of(), file);
        fresh.keep(List.of());
        return fresh;
    }

    private static byte[] freshSecret() {
        byte[] secret = new byte[SessionNames.SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    @Override
    public SessionNames names() {
        return new SessionNames(secret);
    }

    @Override
    public List<String> remotes() {
        return before;
    }

    @Override
    public void keep(Collection<String> remotes) {
        if (file == null) {
            return;
        }
        String text = HexFormat.of().formatHex(secret) + "\n" + String.join("\n", remotes) + "\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.truncate(bytes.length);
        } catch (IOException e) {
            log.warn("whom we relay for cannot be kept: {}", e.getMessage());
        }
    }

    /** Lets the next relay have it. */
    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
