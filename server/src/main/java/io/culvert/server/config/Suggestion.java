package io.culvert.server.config;

import io.culvert.config.ConfigException;
import io.culvert.config.EditDistance;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The known word that a mistyped one probably means. Thread-safe (stateless). */
final class Suggestion {
    private static final int SHORTEST_BEGINNING = 3;

    private Suggestion() {}

    /** The nearest of the known words; null when none is near. */
    static @Nullable String nearest(String word, Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(2, word.length() / 3) + 1;
        for (String candidate : known) {
            if (word.length() >= SHORTEST_BEGINNING && candidate.startsWith(word)) {
                return candidate;
            }
            int distance =
                    EditDistance.of(
                            word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** The complaint about a key that a gateway's file does not have. */
    static ConfigException unknownKey(String place, String name) {
        List<String> known = Arrays.stream(GatewayKey.values()).map(GatewayKey::spelling).toList();
        return new ConfigException(place, "unknown key \"" + name + "\"", remedy(name, known));
    }

    /** The remedy for an unknown word. */
    static String remedy(String word, Collection<String> known) {
        String near = nearest(word, known);
        return near == null
                ? "known are " + String.join(", ", known)
                : "did you mean \"" + near + "\"?";
    }
}
