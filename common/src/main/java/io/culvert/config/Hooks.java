package io.culvert.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * The operator's own shell lines around up and down. Immutable.
 *
 * <p>{@code toString} tells their number only: a line may hold a secret.
 */
public record Hooks(
        List<String> preUp, List<String> postUp, List<String> preDown, List<String> postDown) {
    /** No lines. */
    public static final Hooks NONE = new Hooks(List.of(), List.of(), List.of(), List.of());

    /** Keeps copies; a line break or a comment cannot be written into a tunnel file. */
    public Hooks {
        preUp = List.copyOf(preUp);
        postUp = List.copyOf(postUp);
        preDown = List.copyOf(preDown);
        postDown = List.copyOf(postDown);
        Stream.of(preUp, postUp, preDown, postDown).flatMap(List::stream).forEach(Hooks::check);
    }

    private static void check(String line) {
        if (line.isBlank() || line.chars().anyMatch(c -> c == '\n' || c == '\r' || c == '#')) {
            throw new IllegalArgumentException("a hook is one line without #");
        }
    }

    /** The same with {@code %i} replaced by the interface's name. */
    public Hooks forInterface(String name) {
        return new Hooks(
                replace(preUp, name),
                replace(postUp, name),
                replace(preDown, name),
                replace(postDown, name));
    }

    private static List<String> replace(List<String> lines, String name) {
        return lines.stream().map(line -> line.replace("%i", name)).toList();
    }

    @Override
    public String toString() {
        return "Hooks(%d, %d, %d, %d)"
                .formatted(preUp.size(), postUp.size(), preDown.size(), postDown.size());
    }
}
