package io.culvert.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Capability;
import io.culvert.tests.lab.Keys;
import io.culvert.tests.lab.NeverPull;
import io.culvert.tests.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

/**
 * A gateway and a proxy in containers that may do nothing ({@code --cap-drop ALL --read-only --user
 * 65534}), and a web server behind the gateway.
 */
@Tag("interop")
class ExitContainerInteropIT {
    private static final String IMAGE = "culvert-test/node:bookworm";
    private static final String NOBODY = "65534";
    private static final Path PROGRAM =
            Path.of(System.getProperty("culvert.launcher", "../culvert"))
                    .toAbsolutePath()
                    .normalize()
                    .resolveSibling("app/target/culvert");
    private static final String JAVA =
            "exec /opt/jdk/bin/java -XX:+UseSerialGC -Xmx256m -XX:-UsePerfData"
                    + " -Djna.boot.library.path="
                    + "/opt/culvert/native/com/sun/jna/linux-$(uname -m | tr _ -)"
                    + " --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
                    + " --add-exports java.base/sun.nio.ch=ALL-UNNAMED"
                    + " -jar /opt/culvert/culvert.jar ";

    @Test
    void bothEndsMayDoNothingAndLeadToTheNetworkBehind() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Shell.run("docker", "image", "inspect", IMAGE).exit() == 0,
                "needs Docker with the image " + IMAGE + " (./verify makes it)");
        Path files = files(Keys.make(), Keys.make());
        try (Network network = Network.newNetwork();
                GenericContainer<?> page = page(network);
                GenericContainer<?> gate = powerless(network, "gate", files);
                GenericContainer<?> desk = powerless(network, "desk", files)) {
            page.start();
            gate.withCommand("sh", "-c", JAVA + "server /etc/culvert/gateway.yaml").start();
            desk.withCommand("sh", "-c", JAVA + "proxy /etc/culvert/home.conf").start();
            String behind = address(desk, "page.example");
            assertEquals("the network behind", curl(desk, behind + ":80").getStdout().strip());
            ExecResult own = curl(desk, address(desk, "gate") + ":8080");
            assertTrue(own.getExitCode() != 0, own::toString);
            assertTrue(own.getStderr().contains("(2)"), own::toString); // not allowed, by RFC 1928
            for (GenericContainer<?> each : new GenericContainer<?>[] {gate, desk}) {
                String powers = run(each, "cat /proc/1/status");
                assertTrue(powers.contains("CapEff:\t0000000000000000"), powers);
                assertTrue(powers.contains("Uid:\t" + NOBODY), powers);
                ExecResult written = each.execInContainer("touch", "/tmp/x");
                assertTrue(written.getExitCode() != 0, "nothing is writable");
            }
        } finally {
            Shell.run("rm", "-rf", files.toString());
        }
    }

    private static ExecResult curl(GenericContainer<?> from, String target)
            throws IOException, InterruptedException {
        return from.execInContainer(
                "sh",
                "-c",
                "curl -sS --fail --max-time 20 --socks5 127.0.0.1:1080 http://" + target + "/");
    }

    private static String address(GenericContainer<?> from, String name)
            throws IOException, InterruptedException {
        return run(from, "getent ahostsv4 " + name + " | head -n 1 | cut -d ' ' -f 1").strip();
    }

    private static Path files(Keys gateway, Keys desk) throws IOException {
        Path folder = Files.createTempDirectory("cvt-exit");
        Files.writeString(
                folder.resolve("wg0.conf"),
                """
                [Interface]
                PrivateKey = %s
                Address = 10.8.0.1/24
                [Peer]
                PublicKey = %s
                AllowedIPs = 10.8.0.2/32
                """
                        .formatted(gateway.privateKey(), desk.publicKey()));
        Files.writeString(
                folder.resolve("gateway.yaml"),
                """
                tunnel: wg0.conf
                inside: userspace
                privateRanges: allow
                listen: ["http://0.0.0.0:8080", "udp://0.0.0.0:51820"]
                """);
        Files.writeString(
                folder.resolve("home.conf"),
                """
                [Interface]
                PrivateKey = %s
                Address = 10.8.0.2/32
                [Peer]
                PublicKey = %s
                AllowedIPs = 0.0.0.0/0
                Endpoint = gate:51820
                """
                        .formatted(desk.privateKey(), gateway.publicKey()));
        Shell.run("chown", "-R", NOBODY + ":" + NOBODY, folder.toString()).orFail();
        Shell.run("chmod", "-R", "u=rX,go=", folder.toString()).orFail();
        return folder;
    }

    private static GenericContainer<?> powerless(Network network, String alias, Path files) {
        return node(network, alias)
                .withFileSystemBind(files.toString(), "/etc/culvert", BindMode.READ_ONLY)
                .withCreateContainerCmdModifier(command -> {
                    command.withUser(NOBODY + ":" + NOBODY).withHostName(alias);
                    command.getHostConfig()
                            .withReadonlyRootfs(true)
                            .withSecurityOpts(List.of("no-new-privileges"))
                            .withCapDrop(Capability.ALL);
                })
                .waitingFor(Wait.forLogMessage("(?m)^ready.*\\n", 1));
    }

    private static GenericContainer<?> page(Network network) {
        return node(network, "page.example")
                .withCopyToContainer(
                        Transferable.of("the network behind\n"), "/var/www/html/index.html")
                .withExposedPorts(80)
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
                .withFileSystemBind(PROGRAM.toString(), "/opt/culvert", BindMode.READ_ONLY);
    }

    private static String run(GenericContainer<?> where, String script)
            throws IOException, InterruptedException {
        ExecResult result = where.execInContainer("sh", "-c", script);
        assertEquals(0, result.getExitCode(), () -> script + ": " + result + where.getLogs());
        return result.getStdout();
    }
}
