package io.culvert.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * nginx with one of the project's configurations, unchanged but for its paths. Confined to the
 * test's thread.
 */
public final class Nginx implements AutoCloseable {
    private final Running running;
    private final Path folder;

    private Nginx(Namespace where, Path folder) {
        this.folder = folder;
        this.running =
                where.start("nginx", "-p", folder.toString(), "-c", "nginx.conf", "-e", "stderr");
    }

    /** Starts nginx on 443 with {@code file} of the project's {@code nginx} folder. */
    public static Nginx start(Outside outside, String file, Path gatewayRuntime) {
        Path tls = outside.certificate();
        Path folder = prepare(outside.lab(), file, tls, gatewayRuntime);
        Namespace where = outside.gateway();
        where.run("nginx", "-p", folder.toString(), "-c", "nginx.conf", "-e", "stderr", "-t")
                .orFail();
        Nginx nginx = new Nginx(where, folder);
        where.run(
                        "curl",
                        "-sk",
                        "-o",
                        "/dev/null",
                        "--retry",
                        "50",
                        "--retry-connrefused",
                        "--retry-delay",
                        "0",
                        "--retry-max-time",
                        "10",
                        "https://127.0.0.1/")
                .orFail();
        return nginx;
    }

    /** Loads the configuration again: the old workers keep their connections. */
    public void reload() {
        running.signal("HUP");
    }

    /** Ends every worker of before the reload, and so every tunnel through them. */
    public void endOldWorkers() {
        Shell.sh(
                """
                for pid in $(pgrep -P %d); do
                  if grep -q 'shutting down' /proc/$pid/cmdline; then kill -TERM $pid; fi
                done
                """
                        .formatted(running.pid()));
    }

    public Path site() {
        return folder.resolve("site");
    }

    @Override
    public void close() {
        running.close();
    }

    /** Awaits a line of the error log. */
    public void awaitLog(String regex) {
        running.awaitLine(regex, Duration.ofSeconds(10));
    }

    private static Path prepare(Lab lab, String file, Path tls, Path gatewayRuntime) {
        try {
            Path source = Path.of(System.getProperty("culvert.launcher", "../culvert"));
            String text =
                    Files.readString(source.resolveSibling("nginx").resolve(file))
                            .replace("/etc/nginx/culvert/", tls + "/")
                            .replace("/var/www/html", lab.folder().resolve("nginx/site").toString())
                            .replace("/run/culvert/", gatewayRuntime + "/");
            Path config = lab.write("nginx/site.conf", text);
            lab.write("nginx/site/index.html", "<h1>A web site like any other</h1>\n");
            lab.write(
                    "nginx/nginx.conf",
                    """
                    user root; daemon off; pid nginx.pid; error_log stderr notice;
                    worker_processes 2; events {}
                    http { access_log off; include %s; }
                    """
                            .formatted(config));
            return lab.folder().resolve("nginx");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
