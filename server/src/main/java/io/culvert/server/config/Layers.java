package io.culvert.server.config;

import io.culvert.config.ConfigException;
import io.culvert.config.Warning;
import io.culvert.server.config.GatewayKey.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Who says what of a key: command line over environment over file. Thread-safe (stateless). */
final class Layers {
    private static final Path WORKING_DIRECTORY = Path.of("").toAbsolutePath();

    /** What other parts of the program and its launcher read. */
    private static final List<String> OTHER_VARIABLES =
            List.of(
                    "CULVERT_STATE_DIR",
                    "CULVERT_RUNTIME_DIR",
                    "CULVERT_CACHE_DIR",
                    "CULVERT_JAVA_HOME",
                    "CULVERT_JAVA_OPTS");

    private Layers() {}

    /** The settings in force; a key that nobody sets is absent. */
    static GatewaySettings merge(
            Path file, Map<String, String> overrides, Map<String, String> environment)
            throws ConfigException {
        GatewaySettings read = YamlSettings.read(file);
        Map<GatewayKey, Setting> merged = new EnumMap<>(GatewayKey.class);
        merged.putAll(read.keys());
        for (GatewayKey key : GatewayKey.values()) {
            String text = environment.get(key.variable());
            if (text != null && !text.isBlank()) {
                merged.put(key, setting(key, text, "environment " + key.variable()));
            }
        }
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            GatewayKey key = GatewayKey.of(override.getKey());
            if (key == null) {
                throw Suggestion.unknownKey("command line", override.getKey());
            }
            merged.put(key, setting(key, override.getValue(), "command line"));
        }
        return new GatewaySettings(merged, read.relays(), read.rules());
    }

    /** Names that look like ours and are not: mistyped, they would do nothing without a word. */
    static List<Warning> strangers(Map<String, String> environment) {
        List<String> known = new ArrayList<>(OTHER_VARIABLES);
        for (GatewayKey key : GatewayKey.values()) {
            known.add(key.variable());
        }
        return environment.keySet().stream()
                .filter(name -> name.startsWith("CULVERT_") && !known.contains(name))
                .sorted()
                .map(name -> new Warning("environment", 0, strange(name, known)))
                .toList();
    }

    private static String strange(String name, List<String> known) {
        return name + " is not known and does nothing: " + Suggestion.remedy(name, known);
    }

    private static Setting setting(GatewayKey key, String text, String source)
            throws ConfigException {
        if (key.shape() == Shape.ENTRIES) {
            throw new ConfigException(
                    source,
                    key.spelling() + ": a list of groups",
                    "write it in the gateway's file");
        }
        List<String> values =
                key.shape() == Shape.LIST
                        ? Arrays.stream(text.split(",", -1))
                                .map(String::strip)
                                .filter(value -> !value.isEmpty())
                                .toList()
                        : List.of(text.strip());
        return new Setting(key.spelling(), values, source, WORKING_DIRECTORY);
    }
}
