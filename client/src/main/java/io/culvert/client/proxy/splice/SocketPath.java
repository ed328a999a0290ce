package io.culvert.client.proxy.splice;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A Unix socket's place in the file system. It is bound under another name until it is its owner's
 * alone, so nobody else can connect meanwhile; a socket that nobody answers at is replaced, and
 * nothing else ever is. Confined to the loop.
 */
final class SocketPath {
    private final Path path;
    private final Path fresh;

    SocketPath(Path path) {
        this.path = path;
        this.fresh = path.resolveSibling("." + path.getFileName() + ".new");
    }

    /** Where to bind, once that is sure to be free. */
    Path claim() throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isStale(path)) {
            throw new IOException(path + " exists: remove it, or choose another path");
        }
        Files.deleteIfExists(fresh);
        return fresh;
    }

    private static boolean isStale(Path socket) throws IOException {
        var attributes =
                Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isOther()) {
            return false;
        }
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return false; // somebody answers
        } catch (IOException e) {
            return String.valueOf(e.getMessage()).contains("refused");
        }
    }

    /** Shows what was bound under its own name. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
        Files.move(
                fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Takes the socket away. */
    void remove() {
        try {
            Files.deleteIfExists(fresh);
            Files.deleteIfExists(path);
        } catch (IOException ignored) { // the next start finds it stale
        }
    }
}
