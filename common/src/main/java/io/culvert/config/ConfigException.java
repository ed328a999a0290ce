package io.culvert.config;

/** A fault in a file that the operator wrote: its place, what is wrong, and the remedy. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int SHOWN_LENGTH = 60;

    private final String file;
    private final int line;
    private final String key;

    /**
     * At one line of a file.
     *
     * @param key the section or the key; empty when it is about neither
     */
    public ConfigException(String file, int line, String key, String what, String remedy) {
        super(file + ":" + line + ": " + what + ": " + remedy);
        this.file = file;
        this.line = line;
        this.key = key;
    }

    /** About a file as a whole; its line is 0 and not shown. */
    public ConfigException(String file, String what, String remedy) {
        super(file + ": " + what + ": " + remedy);
        this.file = file;
        this.line = 0;
        this.key = "";
    }

    /** The file, as the operator named it. */
    public String file() {
        return file;
    }

    /** The line, counted from 1; 0 for the file as a whole. */
    public int line() {
        return line;
    }

    /** The section or the key at fault; empty when it is about neither. */
    public String key() {
        return key;
    }

    /** A value as a message may show it: quoted, short, on one line. */
    static String quote(String value) {
        String printable = value.replaceAll("\\p{Cntrl}", "?");
        boolean isLong = printable.length() > SHOWN_LENGTH;
        return "'" + (isLong ? printable.substring(0, SHOWN_LENGTH) + "…" : printable) + "'";
    }
}
