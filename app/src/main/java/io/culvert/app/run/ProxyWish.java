package io.culvert.app.run;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says of {@code culvert proxy}, as text; null for what it does not say.
 * Immutable.
 *
 * @param localForwards of {@code -L}
 * @param remoteForwards of {@code -R}
 */
public record ProxyWish(
        Path file,
        @Nullable String socks,
        @Nullable String http,
        List<String> localForwards,
        List<String> remoteForwards,
        @Nullable String dns,
        @Nullable String stdio,
        @Nullable String check,
        @Nullable String user,
        @Nullable Path passwordFile) {
    /** Keeps copies. */
    public ProxyWish {
        localForwards = List.copyOf(localForwards);
        remoteForwards = List.copyOf(remoteForwards);
    }

    /** Whether the process is one question or one connection, and opens only what options say. */
    boolean isSingle() {
        return stdio != null || check != null;
    }
}
