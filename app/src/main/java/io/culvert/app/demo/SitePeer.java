package io.culvert.app.demo;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** The web server behind the demonstration's gateway, a process of its own. */
public final class SitePeer {
    private SitePeer() {}

    /** Serves a folder's files until the process is ended. */
    public static void serve(InetSocketAddress address, Path folder, PrintWriter err)
            throws InterruptedException {
        HttpServer server =
                SimpleFileServer.createFileServer(
                        address, folder.toAbsolutePath(), OutputLevel.NONE);
        server.start();
        err.println("ready: serves port " + server.getAddress().getPort());
        err.flush();
        Thread.currentThread().join(); // until the process is ended
    }
}
