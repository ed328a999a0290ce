package io.culvert.host;

/** The machine that is changed: its programs and its files. Immutable. */
public record Machine(Commands commands, HostFiles files) {
    /** The machine that this process runs on. */
    public static Machine local() {
        return new Machine(new ProcessCommands(), new LocalFiles());
    }
}
