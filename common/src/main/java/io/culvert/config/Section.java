package io.culvert.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entries of one section, in the order of their lines. Immutable. */
record Section(SectionKind kind, String file, int line, List<Entry> entries) {
    Section {
        entries = List.copyOf(entries);
    }

    /** The one entry of this key; null when it is absent. */
    @Nullable Entry find(Key key) {
        return entries.stream().filter(entry -> entry.key() == key).findFirst().orElse(null);
    }

    /** All entries of this key. */
    List<Entry> all(Key key) {
        return entries.stream().filter(entry -> entry.key() == key).toList();
    }

    /** The one entry of a key that must be there. */
    Entry require(Key key, String remedy) throws ConfigException {
        Entry entry = find(key);
        if (entry == null) {
            throw new ConfigException(
                    file, line, key.spelling(), kind + " has no " + key.spelling(), remedy);
        }
        return entry;
    }
}
