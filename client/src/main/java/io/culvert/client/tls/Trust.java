package io.culvert.client.tls;

import io.culvert.config.Pin;
import java.nio.file.Path;
import java.util.List;

/** Whom to believe that it is the gateway. */
public sealed interface Trust {
    /** Whom the system trusts, under the gateway's name. Immutable. */
    record SystemStore() implements Trust {}

    /** Whom the certificates in this PEM file signed, under the gateway's name. Immutable. */
    record CaFile(Path path) implements Trust {}

    /** Whoever holds one of exactly these keys, under any name. Immutable. */
    record Pins(List<Pin> pins) implements Trust {
        /** Keeps a copy; somebody must be trusted. */
        public Pins {
            pins = List.copyOf(pins);
            if (pins.isEmpty()) {
                throw new IllegalArgumentException("no pin");
            }
        }
    }
}
