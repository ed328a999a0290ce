package io.culvert.config;

/** One {@code Key = value} of a section, with its place. Immutable. */
record Entry(String file, int line, Key key, String value) {
    /** The exception that says what is wrong with this line. */
    ConfigException bad(String what, String remedy) {
        return new ConfigException(file, line, key.spelling(), what, remedy);
    }

    /** As above, for a value that is shown, unless it may be a URL with a password or a token. */
    ConfigException badValue(String remedy) {
        if (value.contains("@") || value.contains("?")) {
            return bad(key.spelling() + " is wrong", remedy);
        }
        return bad(key.spelling() + " = " + ConfigException.quote(value) + " is wrong", remedy);
    }

    /** What the operator should look at in this line. */
    Warning warning(String text) {
        return new Warning(file, line, text);
    }

    @Override
    public String toString() {
        return file + ":" + line + ": " + key.spelling(); // the value may be a secret
    }
}
