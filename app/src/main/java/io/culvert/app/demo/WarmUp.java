package io.culvert.app.demo;

import io.culvert.client.tunnel.ClientSetup;
import io.culvert.client.tunnel.ClientTunnel;
import io.culvert.client.tunnel.KnownHosts;
import io.culvert.config.ConfigException;
import io.culvert.config.TunnelFile;
import io.culvert.control.StatusSocket;
import io.culvert.host.Commands;
import io.culvert.host.HostException;
import io.culvert.host.Journal;
import io.culvert.host.LinkSetup;
import io.culvert.host.Machine;
import io.culvert.host.Owner;
import io.culvert.host.RunDir;
import io.culvert.server.config.GatewayConfig;
import io.culvert.server.gateway.Gateway;
import io.culvert.server.gateway.GatewaySetup;
import io.culvert.server.tls.TlsException;
import io.culvert.tun.linux.LinuxTun;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The training runs of the start-up caches: each end does once, on loopback, what {@code server}
 * and {@code up} do, so that its classes and profiles are in its cache. Needs no rights, and
 * changes nothing on this machine; as root the ends have control sockets meanwhile, as they would.
 */
public final class WarmUp {
    private static final int MTU = 1420;
    private static final int UDP_BYTES = 1200;
    private static final int[] TCP_BYTES = {4_000, 30_000, 64_000};
    private static final int BURSTS = 1000;
    private static final long REACH_LIMIT_S = 10;
    private static final String LAPTOP = "laptop";

    private final Path folder;

    private WarmUp(Path folder) {
        this.folder = folder;
    }

    /** The gateway: says a line when it listens and its client's file is there; ends with stdin. */
    public static void gateway(Path folder, PrintWriter out, InputStream stdin) throws IOException {
        try {
            new WarmUp(folder).serve(out, stdin);
        } catch (ConfigException | TlsException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The client of the gateway that has made the folder's files; the packets that passed. */
    public static long client(Path folder) throws IOException, InterruptedException {
        try {
            return new WarmUp(folder).call();
        } catch (ConfigException | HostException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void serve(PrintWriter out, InputStream stdin)
            throws ConfigException, IOException, TlsException {
        int port = freePort();
        DemoFiles files = DemoFiles.make(folder, "listen: [\"https://127.0.0.1:" + port + "\"]");
        GatewayConfig config = GatewayConfig.load(files.gatewayFile(), Map.of(), System.getenv());
        TunnelFile gatewayFile = TunnelFile.read(Objects.requireNonNull(config.tunnel()));
        GatewaySetup setup =
                new GatewaySetup(
                        config,
                        gatewayFile,
                        new MemoryTun(true),
                        MTU,
                        0,
                        folder.resolve("culvert-state"),
                        folder.resolve("gateway.sock"),
                        UUID.randomUUID());
        try (Gateway gateway = Gateway.start(setup)) {
            String url = "wss://127.0.0.1:" + port;
            files.laptopFile(LAPTOP, url, String.valueOf(gateway.pin()));
            rehearseHost(gatewayFile);
            out.println("ready");
            out.flush();
            stdin.transferTo(OutputStream.nullOutputStream());
        } catch (HostException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private long call() throws ConfigException, HostException, InterruptedException, IOException {
        TunnelFile laptop = TunnelFile.read(folder.resolve(LAPTOP + ".conf"));
        rehearseHost(laptop);
        return exchange(laptop);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private long exchange(TunnelFile file) throws IOException, InterruptedException {
        MemoryTun inside = new MemoryTun(false);
        KnownHosts hosts = KnownHosts.of(file);
        Path socket = folder.resolve("laptop.sock");
        ClientSetup setup =
                new ClientSetup(
                        file,
                        hosts,
                        inside,
                        MTU,
                        0,
                        socket,
                        UUID.randomUUID(),
                        ClientSetup.Control.optional(file.name()),
                        false);
        try (ClientTunnel tunnel = ClientTunnel.start(setup)) {
            inside.put(TestPackets.udp(UDP_BYTES));
            tunnel.reached().get(REACH_LIMIT_S, TimeUnit.SECONDS);
            for (int i = 0; i < BURSTS; i++) {
                inside.put(TestPackets.udp(UDP_BYTES));
                inside.put(TestPackets.tcp(TCP_BYTES[i % TCP_BYTES.length]));
                TimeUnit.MILLISECONDS.sleep(1);
            }
            JsonMapper.shared().writeValueAsString(List.of(StatusSocket.query(socket)));
            return inside.written();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the halves do not reach each other on loopback", e);
        }
    }

    /** Goes through the set-up of an interface, with commands that only pretend to run. */
    private void rehearseHost(TunnelFile file) throws HostException {
        Machine machine = new Machine(new Pretended(), Machine.local().files());
        RunDir runDir = new RunDir(folder.resolve("run"));
        Journal journal = Journal.claim(runDir, file.name(), Owner.self(), machine);
        LinkSetup link = LinkSetup.of(machine, journal, file, KnownHosts.of(file).remotes());
        link.before();
        link.up();
        journal.undo();
        Machine.local().commands().run(List.of("true"), "");
        try {
            LinuxTun.attach(-1).close();
        } catch (IOException ignored) {
            // There is no such descriptor; its classes are loaded now.
            return;
        }
    }

    /** Commands that succeed, print nothing and do nothing. */
    private static final class Pretended implements Commands {
        @Override
        public Result run(List<String> argv, String stdin) {
            return new Result(0, "", "");
        }

        @Override
        public boolean has(String program) {
            return false;
        }
    }
}
