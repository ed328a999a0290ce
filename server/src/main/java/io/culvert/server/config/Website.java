package io.culvert.server.config;

import java.net.URI;
import java.nio.file.Path;

/** What anybody without a key sees. */
public sealed interface Website {
    /** The files of a folder. */
    record Folder(Path folder) implements Website {}

    /** Another web server's answers. */
    record Upstream(URI url) implements Website {}

    /** One plain page. */
    record Plain() implements Website {}
}
