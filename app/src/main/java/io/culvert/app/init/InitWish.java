package io.culvert.app.init;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says of {@code culvert init}, as text. Immutable.
 *
 * @param folder where the files go
 * @param endpoint how clients reach the gateway; null: by this machine's address
 * @param peers a number, or names
 * @param addresses the tunnel's prefixes
 * @param dns what peers ask for names; empty: the gateway where it answers, else nobody
 * @param showsCode whether peers' files are printed as QR codes, too
 */
public record InitWish(
        Path folder,
        @Nullable String endpoint,
        List<String> peers,
        List<String> addresses,
        List<String> dns,
        boolean showsCode) {
    /** Keeps copies. */
    public InitWish {
        peers = List.copyOf(peers);
        addresses = List.copyOf(addresses);
        dns = List.copyOf(dns);
    }
}
