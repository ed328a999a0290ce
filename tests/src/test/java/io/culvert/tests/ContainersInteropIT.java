package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.NeverPull;
import io.culvert.tests.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** Gateway, nginx and client as three containers: the set-up of somebody who runs all in Docker. */
@Tag("interop")
class ContainersInteropIT {
    private static final String IMAGE = "culvert-test/node:bookworm";
    private static final Path ROOT =
            Path.of(System.getProperty("culvert.launcher", "../culvert"))
                    .toAbsolutePath()
                    .normalize()
                    .resolveSibling("");
    private static final String JAVA =
            "exec /opt/jdk/bin/java -XX:+UseSerialGC -Xmx256m"
                    + " --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
                    + " --add-exports java.base/sun.nio.ch=ALL-UNNAMED"
                    + " -jar /opt/culvert/culvert.jar ";

    @Test
    void gatewayNginxAndClientAsContainers() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Shell.run("docker", "image", "inspect", IMAGE).exit() == 0,
                "needs Docker with the image " + IMAGE + " (./verify makes it)");
        Keys gateway = Keys.make();
        Keys client = Keys.make();
        Path tls = certificate();
        try (Network network = Network.newNetwork();
                GenericContainer<?> gate = gateway(network, gateway, client);
                GenericContainer<?> front = nginx(network, tls);
                GenericContainer<?> laptop = client(network, gateway, client, tls)) {
            gate.start();
            front.start();
            laptop.start();

            run(laptop, "ping -n -c 5 -i 0.2 -w 10 10.8.0.1");
            run(laptop, "ping -n -c 5 -i 0.2 -w 10 -s 60000 10.8.0.1");
            gate.execInContainer("sh", "-c", "iperf3 -s -D -B 10.8.0.1");
            String json = run(laptop, "iperf3 -J -t 2 -c 10.8.0.1");
            assertTrue(json.contains("bits_per_second"), json);
            String page = run(laptop, "curl -sk https://front.example/");
            assertEquals("a web site like any other", page.strip());
        } finally {
            Shell.run("rm", "-rf", tls.toString());
        }
    }

    private static GenericContainer<?> gateway(Network network, Keys own, Keys peer) {
        String conf =
                """
                [Interface]
                PrivateKey = %s
                Address = 10.8.0.1/24
                [Peer]
                PublicKey = %s
                AllowedIPs = 10.8.0.2/32
                """
                        .formatted(own.privateKey(), peer.publicKey());
        String yaml =
                """
                tunnel: wg0.conf
                listen: ["http://0.0.0.0:8080"]
                trustedProxies: [172.16.0.0/12, 192.168.0.0/16, 10.0.0.0/8]
                """;
        return node(network, "gate")
                .withCopyToContainer(Transferable.of(conf, 0600), "/etc/culvert/wg0.conf")
                .withCopyToContainer(Transferable.of(yaml), "/etc/culvert/gateway.yaml")
                .withCommand("sh", "-c", JAVA + "server /etc/culvert/gateway.yaml")
                .waitingFor(Wait.forLogMessage("(?m)^ready.*\\n", 1));
    }

    private static GenericContainer<?> client(Network network, Keys peer, Keys own, Path tls)
            throws IOException {
        String conf =
                """
                [Interface]
                PrivateKey = %s
                Address = 10.8.0.2/32
                [Peer]
                PublicKey = %s
                AllowedIPs = 10.8.0.0/24
                #@ WebSocket = wss://front.example/connect
                #@ CaFile = fullchain.pem
                """
                        .formatted(own.privateKey(), peer.publicKey());
        return node(network, "laptop")
                .withCopyToContainer(Transferable.of(conf, 0600), "/etc/culvert/home.conf")
                .withCopyToContainer(
                        Transferable.of(Files.readString(tls.resolve("fullchain.pem"))),
                        "/etc/culvert/fullchain.pem")
                .withCommand("sh", "-c", JAVA + "up /etc/culvert/home.conf")
                .waitingFor(Wait.forLogMessage("(?m)^ready.*\\n", 1));
    }

    private static GenericContainer<?> nginx(Network network, Path tls) throws IOException {
        String site =
                Files.readString(ROOT.resolve("nginx/culvert-443.conf"))
                        .replace("127.0.0.1:8080", "gate:8080");
        return node(network, "front.example")
                .withCopyToContainer(Transferable.of(site), "/etc/nginx/conf.d/culvert.conf")
                .withCopyToContainer(
                        Transferable.of(Files.readString(tls.resolve("fullchain.pem"))),
                        "/etc/nginx/culvert/fullchain.pem")
                .withCopyToContainer(
                        Transferable.of(Files.readString(tls.resolve("privkey.pem"))),
                        "/etc/nginx/culvert/privkey.pem")
                .withCopyToContainer(
                        Transferable.of("a web site like any other\n"), "/var/www/html/index.html")
                .withExposedPorts(443)
                .withCommand("nginx", "-g", "daemon off;")
                .waitingFor(Wait.forListeningPort());
    }

    @SuppressWarnings("resource") // closed by the test
    private static GenericContainer<?> node(Network network, String alias) {
        return new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withImagePullPolicy(new NeverPull())
                .withNetwork(network)
                .withNetworkAliases(alias)
                .withLogConsumer(new ToStringConsumer())
                .withFileSystemBind(System.getProperty("java.home"), "/opt/jdk", BindMode.READ_ONLY)
                .withFileSystemBind(
                        ROOT.resolve("app/target/culvert").toString(),
                        "/opt/culvert",
                        BindMode.READ_ONLY)
                .withCreateContainerCmdModifier(command -> {
                    command.withHostName(alias);
                    command.getHostConfig()
                            .withInit(true)
                            .withSysctls(Map.of("net.ipv4.ip_forward", "1"))
                            .withCapAdd(Capability.NET_ADMIN)
                            .withDevices(Device.parse("/dev/net/tun"));
                });
    }

    private static String run(GenericContainer<?> where, String script)
            throws IOException, InterruptedException {
        ExecResult result = where.execInContainer("sh", "-c", script);
        assertEquals(0, result.getExitCode(), () -> script + ": " + result + where.getLogs());
        return result.getStdout();
    }

    private static Path certificate() throws IOException {
        Path folder = Files.createTempDirectory("cvt-tls");
        Shell.sh(
                """
                cd %s; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
                  -days 2 -subj /CN=front.example -addext subjectAltName=DNS:front.example \
                  -keyout privkey.pem -out fullchain.pem 2>openssl.log
                """
                        .formatted(folder));
        return folder;
    }
}
