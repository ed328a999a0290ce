package io.culvert.server.config;

import io.culvert.config.ConfigException;
import java.nio.file.Path;
import java.util.List;

/**
 * What one layer says of a key. Immutable.
 *
 * @param name the key's spelling
 * @param values its values, as text
 * @param source where they come from, as complaints and {@code server check} name it
 * @param base what relative paths are relative to
 */
record Setting(String name, List<String> values, String source, Path base) {
    Setting {
        values = List.copyOf(values);
    }

    /** The value of a key that has one. */
    String value() {
        return values.get(0);
    }

    /** The value as a path. */
    Path path() {
        return base.resolve(value()).normalize();
    }

    /** A complaint about this setting. */
    ConfigException complaint(String what, String remedy) {
        return new ConfigException(source, name + ": " + what, remedy);
    }
}
