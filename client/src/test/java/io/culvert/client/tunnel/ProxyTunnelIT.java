package io.culvert.client.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.attach.Attached;
import io.culvert.client.proxy.forward.StartFailure;
import io.culvert.client.proxy.front.Door;
import io.culvert.client.proxy.front.OpenDoor;
import io.culvert.client.proxy.front.ProxySetup;
import io.culvert.client.proxy.open.Opener.Families;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.config.TunnelFile;
import io.culvert.control.InterfaceStatus.FlowStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tunnel whose peer never answers: what stands on this side of it. */
@Tag("loopback")
@Timeout(60)
class ProxyTunnelIT {
    private static final String FILE =
            """
            [Interface]
            PrivateKey = 4GzSMuZ8TVxGnBaKLqnTVTmWTGyF2Ow0iG2W5hXyO2I=
            Address = 10.8.0.2/32

            [Peer]
            PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
            AllowedIPs = 10.8.0.0/24
            Endpoint = 127.0.0.1:9
            """;

    @TempDir private Path folder;

    private ProxyTunnel start(int port) throws Exception {
        Path path = folder.resolve("desk.conf");
        Files.writeString(path, FILE);
        TunnelFile file = TunnelFile.read(path);
        KnownHosts hosts = KnownHosts.of(file);
        assertTrue(hosts.find(new CompletableFuture<>(), _ -> {}));
        LocalAddress at = LocalAddress.parse("127.0.0.1:" + port);
        ProxySetup setup =
                new ProxySetup(
                        List.of(new Door(at, Door.Speaks.BOTH)),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        new Families(true, false),
                        null,
                        ProxyLimits.DEFAULT);
        return ProxyTunnel.start(file, hosts, setup);
    }

    private static List<FlowStatus> flows(ProxyTunnel tunnel) {
        List<FlowStatus> flows = tunnel.status().orTimeout(10, TimeUnit.SECONDS).join().flows();
        return flows == null ? List.of() : flows;
    }

    @Test
    void doorsStandUntilItEnds() throws Exception {
        int port;
        try (ProxyTunnel tunnel = start(0)) {
            OpenDoor door = tunnel.open().getFirst();
            port = Integer.parseInt(door.address().replaceAll(".*:", ""));
            assertEquals("socks+http", door.purpose());
            assertEquals(List.of(), flows(tunnel));
            new Socket(InetAddress.getLoopbackAddress(), port).close();
        }
        assertThrows(
                ConnectException.class,
                () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    }

    @Test
    void portThatIsTakenIsOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ProxyTunnel tunnel = start(taken.getLocalPort())) {
            StartFailure failure = assertThrows(StartFailure.class, tunnel::open);
            assertTrue((failure.getMessage() + "").contains(", it is in use: "), failure + "");
        }
    }

    @Test
    void pipeIsAFlowUntilItIsCancelled() throws Exception {
        try (ProxyTunnel tunnel = start(0)) {
            CompletableFuture<Boolean> piped =
                    tunnel.pipe(
                            new Target("10.8.0.1", 22),
                            new ByteArrayInputStream(new byte[0]),
                            new ByteArrayOutputStream());
            FlowStatus flow = flows(tunnel).getFirst();
            assertEquals("stdio 10.8.0.1:22", flow.kind() + " " + flow.target());
            assertTrue(piped.cancel(false));
            assertEquals(List.of(), flows(tunnel));
        }
    }

    @Test
    void furtherProcessesJoinAndMayEndIt() throws Exception {
        Path socket = folder.resolve("s");
        try (ProxyTunnel tunnel = start(0)) {
            tunnel.attachAt(socket);
            Attached other = Attached.find(socket);
            assertNotNull(other);
            assertEquals(
                    tunnel.file().local().privateKey().publicKey().toBase64(), other.publicKey());
            assertTrue(tunnel.isJoined());
            CompletableFuture<Void> unused = tunnel.unused();
            assertFalse(unused.isDone());
            other.close();
            unused.orTimeout(10, TimeUnit.SECONDS).join();
            Attached last = Attached.find(socket);
            assertNotNull(last);
            last.end();
            tunnel.endAsked().orTimeout(10, TimeUnit.SECONDS).join();
            last.close();
        }
        assertNull(Attached.find(socket));
    }

    @Test
    void whoHangsIsNobodyToJoin() throws Exception {
        Path socket = folder.resolve("s");
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket));
            assertNull(Attached.find(socket));
        }
    }

    @Test
    void cutIsNotTakenForAnEnd() throws Exception {
        Path socket = folder.resolve("s");
        Attached other;
        try (ProxyTunnel tunnel = start(0)) {
            tunnel.attachAt(socket);
            other = Attached.find(socket);
            assertNotNull(other);
        }
        Attached joined = other;
        assertThrows(
                IOException.class,
                () ->
                        joined.pipe(
                                new Target("10.8.0.1", 22),
                                new ByteArrayInputStream(new byte[0]),
                                new ByteArrayOutputStream()));
        joined.close();
    }
}
