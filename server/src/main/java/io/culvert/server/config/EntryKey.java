package io.culvert.server.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key of a group that stands in a list, such as {@code relay}'s. */
interface EntryKey {
    /** The key as the entry spells it. */
    String spelling();

    /** The key as complaints name it: {@code relay.path}. */
    String dotted();

    /** Whether it may have several values. */
    default boolean isList() {
        return false;
    }

    /** The one of these keys that is spelled so; null when there is none. */
    static <K extends Enum<K> & EntryKey> @Nullable K of(Class<K> keys, String spelling) {
        return Arrays.stream(keys.getEnumConstants())
                .filter(key -> key.spelling().equals(spelling))
                .findFirst()
                .orElse(null);
    }

    /** The spellings of all of these keys. */
    static <K extends Enum<K> & EntryKey> List<String> spellings(Class<K> keys) {
        return Arrays.stream(keys.getEnumConstants()).map(EntryKey::spelling).toList();
    }
}
