package io.culvert.client.testkit;

/** HTTP messages as text. */
public final class Http {
    private Http() {}

    /** The parts as one. */
    public static String joined(String... parts) {
        return String.join("", parts);
    }
}
