package io.culvert.server.config;

import io.culvert.config.ConfigException;
import io.culvert.config.FileFault;
import io.culvert.server.config.GatewayKey.Shape;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * One reading of the gateway's file, token by token, so that every complaint has its line. Confined
 * to one thread.
 */
final class YamlSettings {
    private static final long MAX_FILE_BYTES = 1 << 20;

    private final Path file;
    private final Path base;
    private final Map<GatewayKey, Setting> settings = new EnumMap<>(GatewayKey.class);
    private final List<RelayEntry> relays = new ArrayList<>();
    private final List<EgressEntry> rules = new ArrayList<>();

    private YamlSettings(Path file) {
        this.file = file;
        Path parent = file.toAbsolutePath().getParent();
        this.base = parent == null ? Path.of("/") : parent;
    }

    /** What the file sets. */
    static GatewaySettings read(Path file) throws ConfigException {
        YamlSettings reading = new YamlSettings(file);
        String text = reading.text();
        try (JsonParser parser = YAMLMapper.shared().createParser(text)) {
            reading.readFile(parser);
        } catch (JacksonException e) {
            int line = Math.max(e.getLocation() == null ? 1 : e.getLocation().getLineNr(), 1);
            String problem = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
            throw new ConfigException(
                    file + ":" + line, "not YAML: " + problem, "correct the line");
        }
        return new GatewaySettings(reading.settings, reading.relays, reading.rules);
    }

    private String text() throws ConfigException {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new ConfigException(
                        file.toString(), "larger than 1 MiB", "name a gateway file");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new ConfigException(file.toString(), "not UTF-8 text", "save it as UTF-8");
        } catch (IOException e) {
            throw new ConfigException(
                    file.toString(),
                    "cannot be read (" + FileFault.why(e) + ")",
                    "name a gateway file in YAML that this user may read");
        }
    }

    private void readFile(JsonParser parser) throws ConfigException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw complaint(parser, "not a mapping of keys to values", "write `key: value` lines");
        }
        readGroup(parser, "");
        if (parser.nextToken() != null) {
            throw complaint(parser, "a second YAML document", "leave one");
        }
    }

    private void readGroup(JsonParser parser, String prefix) throws ConfigException {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = prefix + parser.currentName();
            int line = line(parser);
            JsonToken value = parser.nextToken();
            GatewayKey key = GatewayKey.of(name);
            if (key != null && key.shape() == Shape.ENTRIES) {
                readEntries(parser, key, value, line);
            } else if (key != null) {
                readValue(parser, key, value, line);
            } else if (!GatewayKey.isGroup(name)) {
                throw Suggestion.unknownKey(place(line), name);
            } else if (value != JsonToken.START_OBJECT) {
                throw new ConfigException(
                        place(line), name + ": not a group", "write `" + name + ": {key: value}`");
            } else {
                readGroup(parser, name + ".");
            }
        }
    }

    private void readValue(JsonParser parser, GatewayKey key, JsonToken token, int line)
            throws ConfigException {
        List<String> values;
        if (token == JsonToken.START_ARRAY && key.shape() == Shape.LIST) {
            values = readList(parser, key.spelling());
        } else {
            values = List.of(scalar(parser, key.spelling(), token));
        }
        Setting setting = new Setting(key.spelling(), values, place(line), base);
        if (settings.putIfAbsent(key, setting) != null) {
            throw setting.complaint("given twice", "leave one");
        }
    }

    private List<String> readList(JsonParser parser, String name) throws ConfigException {
        List<String> values = new ArrayList<>();
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY) {
            values.add(scalar(parser, name, token));
            token = parser.nextToken();
        }
        return values;
    }

    private void readEntries(JsonParser parser, GatewayKey key, @Nullable JsonToken token, int line)
            throws ConfigException {
        if (token != JsonToken.START_ARRAY) {
            throw new ConfigException(
                    place(line),
                    key.spelling() + ": not a list",
                    "write `- " + example(key) + "` below it");
        }
        List<String> entries = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            entries.add(key == GatewayKey.RELAY ? readRelay(parser) : readRule(parser));
        }
        Setting whole = new Setting(key.spelling(), entries, place(line), base);
        if (settings.putIfAbsent(key, whole) != null) {
            throw whole.complaint("given twice", "leave one");
        }
        if (entries.isEmpty()) {
            throw whole.complaint("an empty list", "leave it out");
        }
    }

    private static String example(GatewayKey key) {
        return key == GatewayKey.RELAY
                ? "{path: /wg, to: \"udp://HOST:51820\"}"
                : "{allow: 10.0.0.0/8}";
    }

    private String readRelay(JsonParser parser) throws ConfigException {
        String place = place(line(parser));
        RelayEntry entry =
                new RelayEntry(place, readEntry(parser, RelayKey.class, GatewayKey.RELAY));
        relays.add(entry);
        return entry.toString();
    }

    private String readRule(JsonParser parser) throws ConfigException {
        String place = place(line(parser));
        EgressEntry entry =
                new EgressEntry(place, readEntry(parser, EgressKey.class, GatewayKey.EGRESS));
        rules.add(entry);
        return entry.toString();
    }

    private <K extends Enum<K> & EntryKey> Map<K, Setting> readEntry(
            JsonParser parser, Class<K> known, GatewayKey list) throws ConfigException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw complaint(
                    parser, list.spelling() + ": not a group", "write `- " + example(list) + "`");
        }
        Map<K, Setting> keys = new EnumMap<>(known);
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            K key = EntryKey.of(known, name);
            String place = place(line(parser));
            if (key == null) {
                throw new ConfigException(
                        place,
                        list.spelling() + ": unknown key \"" + name + "\"",
                        Suggestion.remedy(name, EntryKey.spellings(known)));
            }
            JsonToken token = parser.nextToken();
            List<String> values =
                    token == JsonToken.START_ARRAY && key.isList()
                            ? readList(parser, key.dotted())
                            : List.of(scalar(parser, key.dotted(), token));
            Setting setting = new Setting(key.dotted(), values, place, base);
            if (keys.putIfAbsent(key, setting) != null) {
                throw setting.complaint("given twice", "leave one");
            }
        }
        return keys;
    }

    private String scalar(JsonParser parser, String name, @Nullable JsonToken token)
            throws ConfigException {
        if (token == JsonToken.START_ARRAY) {
            throw complaint(parser, name + ": a list where one value belongs", "give one value");
        }
        if (token == JsonToken.START_OBJECT) {
            throw complaint(parser, name + ": a group where a value belongs", "give a value");
        }
        String text = token == null || token == JsonToken.VALUE_NULL ? "" : parser.getString();
        if (text == null || text.isBlank()) {
            throw complaint(parser, name + ": no value", "give one, or leave the key out");
        }
        return text.strip();
    }

    private ConfigException complaint(JsonParser parser, String what, String remedy) {
        return new ConfigException(place(line(parser)), what, remedy);
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private String place(int line) {
        return file + ":" + line;
    }
}
