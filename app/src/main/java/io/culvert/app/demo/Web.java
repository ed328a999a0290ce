package io.culvert.app.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program that fetches by a proxy and knows of no tunnel: {@code curl} where this machine has it,
 * else the JDK's client. Confined to the command's thread.
 */
sealed interface Web {
    /** Fetches a page by the proxy's SOCKS side. */
    void bySocks(InetSocketAddress proxy, URI from, Path to)
            throws IOException, InterruptedException;

    /** Fetches a page by its HTTP side. */
    void byHttp(InetSocketAddress proxy, URI from, Path to)
            throws IOException, InterruptedException;

    /** What it is called. */
    String name();

    /** {@code curl}, which says itself what it fetched. */
    record Curl(Path folder) implements Web {
        private static final long LIMIT_S = 30;
        private static final Pattern STATUS = Pattern.compile("(?m)^status (\\d+)$");

        @Override
        public String name() {
            return "curl";
        }

        @Override
        public void bySocks(InetSocketAddress proxy, URI from, Path to)
                throws IOException, InterruptedException {
            fetch("--socks5-hostname", proxy, from, to);
        }

        @Override
        public void byHttp(InetSocketAddress proxy, URI from, Path to)
                throws IOException, InterruptedException {
            fetch("--proxy", proxy, from, to);
        }

        private void fetch(String option, InetSocketAddress proxy, URI from, Path to)
                throws IOException, InterruptedException {
            List<String> command =
                    List.of(
                            "curl",
                            "--disable", // the user's own file may name another proxy
                            "--silent",
                            "--show-error",
                            "--noproxy",
                            "",
                            option,
                            proxy.getHostString() + ":" + proxy.getPort(),
                            "--write-out",
                            "status %{http_code}\n",
                            "--output",
                            to.toString(),
                            from.toString());
            try (Child curl = Child.start(folder, "curl", Map.of(), command)) {
                Matcher status = STATUS.matcher(curl.await(LIMIT_S));
                if (!status.find() || !status.group(1).equals("200")) {
                    throw new IOException(from + " by curl: " + curl.output().strip());
                }
            }
        }
    }

    /** The JDK's. */
    record Jdk() implements Web {
        private static final int TIMEOUT_MS = 30_000;

        @Override
        public String name() {
            return "the JDK's client";
        }

        @Override
        public void bySocks(InetSocketAddress proxy, URI from, Path to) throws IOException {
            fetch(new Proxy(Proxy.Type.SOCKS, proxy), from, to);
        }

        @Override
        public void byHttp(InetSocketAddress proxy, URI from, Path to) throws IOException {
            fetch(new Proxy(Proxy.Type.HTTP, proxy), from, to);
        }

        private static void fetch(Proxy proxy, URI from, Path to) throws IOException {
            var connection = from.toURL().openConnection(proxy);
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try (var in = connection.getInputStream()) {
                Files.copy(in, to);
            }
        }
    }
}
