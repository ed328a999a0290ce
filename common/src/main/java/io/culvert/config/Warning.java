package io.culvert.config;

/**
 * Something that works but that the operator should look at. Immutable.
 *
 * @param line counted from 1; 0 for the file as a whole
 */
public record Warning(String file, int line, String text) {
    /** As an error's message: the place first. */
    @Override
    public String toString() {
        return line == 0 ? file + ": " + text : file + ":" + line + ": " + text;
    }
}
