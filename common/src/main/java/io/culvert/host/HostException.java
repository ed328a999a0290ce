package io.culvert.host;

/** A change to this machine that failed: one line that says what ran, what it said, the remedy. */
public final class HostException extends Exception {
    private static final long serialVersionUID = 1;

    /** With a remedy that the operator can act on. */
    public HostException(String what, String remedy) {
        super(oneLine(what) + ": " + oneLine(remedy));
    }

    /** As above, with the failure beneath it. */
    public HostException(String what, String remedy, Throwable cause) {
        super(oneLine(what) + ": " + oneLine(remedy), cause);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
