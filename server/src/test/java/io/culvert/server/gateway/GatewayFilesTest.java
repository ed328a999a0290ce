package io.culvert.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.TunnelFile;
import io.culvert.config.Warning;
import io.culvert.server.config.GatewayConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found before anything is changed. */
final class GatewayFilesTest {
    private static final String LEAST = "tunnel: wg0.conf\nlisten: ['http://127.0.0.1:8080']\n";

    @TempDir private Path folder;

    @Test
    void findsNothingWhereNothingIsWrong() throws Exception {
        assertEquals(List.of(), check(LEAST, "", ""));
    }

    @Test
    void warnsOfWhatIsSaidInVain() throws Exception {
        List<Warning> warnings =
                check(
                        LEAST,
                        "ListenPort = 51820\n",
                        "Endpoint = 192.0.2.1:51820\n"
                                + "#@ WebSocket = wss://gw.example/connect\n#@ Pin = "
                                + pin());
        String file = folder.resolve("wg0.conf").toString();
        assertEquals(
                List.of(
                        file
                                + ":4: ListenPort means nothing to a gateway:"
                                + " write `listen: udp://[::]:51820` in its own file",
                        file
                                + ":8: Endpoint means nothing to a gateway:"
                                + " without `listen: udp://…` it calls nobody by UDP",
                        file
                                + ":9: WebSocket means nothing to a gateway:"
                                + " its clients call it; leave the line out",
                        file
                                + ":10: Pin means nothing to a gateway:"
                                + " its clients call it; leave the line out"),
                warnings.stream().map(Warning::toString).toList());
    }

    @Test
    void saysNothingOfThemWhereUdpIsListenedOn() throws Exception {
        String yaml = "tunnel: wg0.conf\nlisten: ['udp://127.0.0.1:51820']\n";
        String endpoint = "Endpoint = 192.0.2.1:51820\n";
        assertEquals(List.of(), check(yaml, "ListenPort = 51820\n", endpoint));
    }

    @Test
    void warnsOfNamesInTheEnvironmentThatNobodyReads() throws Exception {
        write(LEAST, "", "");
        Map<String, String> environment =
                Map.of("CULVERT_LISTENN", "x", "CULVERT_STATE_DIR", "x", "HOME", "x");
        GatewayConfig config =
                GatewayConfig.load(folder.resolve("gateway.yaml"), Map.of(), environment);
        assertEquals(1, config.warnings().size());
        assertEquals(
                "environment: CULVERT_LISTENN is not known and does nothing:"
                        + " did you mean \"CULVERT_LISTEN\"?",
                config.warnings().get(0).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokens: empty.txt | empty.txt: holds no token",
                "tls: {certificate: empty.txt, key: empty.txt} | holds a broken certificate",
                "listen: ['unix:///FOLDER/empty.txt'] | gateway.yaml:2: listen: unix://",
                "listen: ['udp://no.such.host.invalid:1'] | gateway.yaml:2: listen: udp://",
                "listen: ['https://no.such.host.invalid:1'] | the host is not known"
            })
    void refusesWhatCannotBeUsed(String line, String message) throws Exception {
        Files.writeString(folder.resolve("empty.txt"), "# nothing\n");
        String listen = line.startsWith("listen") ? "" : "\nlisten: ['http://127.0.0.1:8080']";
        String yaml = "tunnel: wg0.conf\n" + line.replace("FOLDER", folder.toString()) + listen;
        Exception refusal = assertThrows(Exception.class, () -> check(yaml, "", ""));
        String told = String.valueOf(refusal.getMessage());
        assertTrue(told.contains(message), told);
        assertEquals(1, told.lines().count());
    }

    private List<Warning> check(String yaml, String local, String peer) throws Exception {
        write(yaml, local, peer);
        GatewayConfig config =
                GatewayConfig.load(folder.resolve("gateway.yaml"), Map.of(), Map.of());
        return GatewayFiles.check(config, TunnelFile.read(Objects.requireNonNull(config.tunnel())));
    }

    private void write(String yaml, String local, String peer) throws Exception {
        Files.writeString(folder.resolve("gateway.yaml"), yaml);
        Files.writeString(
                folder.resolve("wg0.conf"),
                """
                [Interface]
                PrivateKey = %s
                Address = 10.8.0.1/24
                %s[Peer]
                PublicKey = %s
                AllowedIPs = 10.8.0.2/32
                %s\
                """
                        .formatted(key(1), local, key(2), peer));
    }

    /** A key of 32 bytes of this value. */
    private static String key(int value) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String pin() {
        return "sha256/" + "A".repeat(43) + "=";
    }
}
