package io.culvert.server.config;

import io.culvert.config.ConfigException;
import io.culvert.server.config.GatewayKey.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Who says what of a key: command line over environment over file. Thread-safe (stateless). */
final class Layers {
    private static final Path WORKING_DIRECTORY = Path.of("").toAbsolutePath();

    private Layers() {}

    /** The settings in force; a key that nobody sets is absent. */
    static Map<GatewayKey, Setting> merge(
            Path file, Map<String, String> overrides, Map<String, String> environment)
            throws ConfigException {
        Map<GatewayKey, Setting> merged = new EnumMap<>(GatewayKey.class);
        merged.putAll(YamlSettings.read(file));
        for (GatewayKey key : GatewayKey.values()) {
            String text = environment.get(key.variable());
            if (text != null && !text.isBlank()) {
                merged.put(key, setting(key, text, "environment " + key.variable()));
            }
        }
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            GatewayKey key = GatewayKey.of(override.getKey());
            if (key == null) {
                throw unknown(override.getKey());
            }
            merged.put(key, setting(key, override.getValue(), "command line"));
        }
        return merged;
    }

    private static Setting setting(GatewayKey key, String text, String source) {
        List<String> values =
                key.shape() == Shape.LIST
                        ? Arrays.stream(text.split(",", -1))
                                .map(String::strip)
                                .filter(value -> !value.isEmpty())
                                .toList()
                        : List.of(text.strip());
        return new Setting(key, values, source, WORKING_DIRECTORY);
    }

    private static ConfigException unknown(String name) {
        List<String> known = Arrays.stream(GatewayKey.values()).map(GatewayKey::spelling).toList();
        return new ConfigException(
                "command line", "unknown key \"" + name + "\"", Suggestion.remedy(name, known));
    }
}
