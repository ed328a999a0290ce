package io.culvert.app.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * nginx on port 443 before the gateway's unix socket, with the configuration that the project
 * ships: unchanged but for its paths and addresses.
 */
final class Proxy {
    /** What it prints once it listens. */
    static final Pattern STARTED = Pattern.compile("start worker process \\d");

    /** How long that may take. */
    static final long LIMIT_S = 10;

    private static final String SHIPPED = "/nginx/culvert-unix.conf";

    private Proxy() {}

    /** Where the gateway listens for it. */
    static Path socket(Path folder) {
        return folder.resolve("http.sock");
    }

    /** Starts nginx in a place, with the gateway's own certificate. */
    static Child start(Place place, Path folder, String address, DemoFiles files)
            throws IOException {
        Path site = Files.createDirectories(folder.resolve("site"));
        Files.writeString(site.resolve("index.html"), "<h1>A web site like any other</h1>\n");
        Path config = folder.resolve("nginx.conf");
        Files.writeString(
                config,
                """
                user root; daemon off; pid %s/nginx.pid; error_log stderr notice;
                worker_processes 1; events {}
                http {
                access_log off;
                %s
                }
                """
                        .formatted(folder, adapted(folder, address, files)));
        return place.start(
                "nginx",
                List.of("nginx", "-p", folder.toString(), "-c", config.toString(), "-e", "stderr"));
    }

    private static String adapted(Path folder, String address, DemoFiles files) throws IOException {
        return shipped()
                .replace("listen 443 ", "listen " + address + ":443 ")
                .replace("listen [::]:443 ", "listen [::1]:443 ")
                .replace("/etc/nginx/culvert/fullchain.pem", files.certificate().toString())
                .replace("/etc/nginx/culvert/privkey.pem", files.certificateKey().toString())
                .replace("/var/www/html", folder.resolve("site").toString())
                .replace("/run/culvert/http.sock", socket(folder).toString());
    }

    private static String shipped() throws IOException {
        try (InputStream in = Proxy.class.getResourceAsStream(SHIPPED)) {
            if (in == null) {
                throw new IOException(SHIPPED + " is not in this program's jar: build it again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
