package io.culvert.crypto;

/** Which source files may spell a secret out; the compiler refuses the others. Immutable. */
final class KeySpelling {
    /** The configuration, the control socket, the commands, and tests. */
    static final String ALLOWED_PATHS = ".*/io/culvert/(config|uapi|app)/.*|.*/src/test/.*";

    private KeySpelling() {}
}
