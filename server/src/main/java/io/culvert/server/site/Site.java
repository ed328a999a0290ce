package io.culvert.server.site;

import io.culvert.server.config.Website;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.resource.ResourceFactory;

/** The handlers that make up the website. Thread-safe (stateless). */
public final class Site {
    private Site() {}

    /** What answers the requests of anybody. */
    public static Handler of(Website website) {
        return switch (website) {
            case Website.Folder folder -> folder(folder);
            case Website.Upstream upstream -> new UpstreamSite(upstream.url());
            case Website.Plain _ -> new PlainSite();
        };
    }

    /** What answers requests that cannot be served: 404 and its like. */
    public static Request.Handler errors() {
        return new PlainErrors();
    }

    private static Handler folder(Website.Folder folder) {
        ResourceHandler files = new ResourceHandler();
        files.setBaseResource(ResourceFactory.of(files).newResource(folder.folder()));
        files.setWelcomeFiles("index.html");
        files.setDirAllowed(false);
        files.setEtags(true);
        return files;
    }
}
