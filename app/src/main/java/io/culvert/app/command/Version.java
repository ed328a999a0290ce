package io.culvert.app.command;

import picocli.CommandLine.IVersionProvider;

/** The program's version, from its jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return lines();
    }

    static String[] lines() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "culvert " + (version == null ? "(from classes)" : version), "Java " + Runtime.version()
        };
    }
}
