package io.culvert.uapi;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Waits until a file is gone (inotify). Confined to the thread that waits. */
final class FileWatch {
    private final Path path;
    private final WatchService service;

    private FileWatch(Path path, WatchService service) {
        this.path = path;
        this.service = service;
    }

    /** Begins to watch a file that is there. */
    static FileWatch open(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        WatchService service = absolute.getFileSystem().newWatchService();
        Path folder = absolute.getParent();
        if (folder == null) {
            throw new IOException(path + " is in no folder");
        }
        folder.register(
                service,
                StandardWatchEventKinds.ENTRY_DELETE,
                StandardWatchEventKinds.ENTRY_CREATE);
        return new FileWatch(absolute, service);
    }

    /** Completes {@code gone} when the file is. */
    void awaitGone(CompletableFuture<@Nullable Void> gone) {
        try (WatchService watching = service) {
            while (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                WatchKey key = watching.take();
                key.pollEvents();
                if (!key.reset()) {
                    break; // the folder is gone
                }
            }
            gone.complete(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ClosedWatchServiceException ignored) {
            gone.complete(null); // nothing can be watched any more
        }
    }
}
