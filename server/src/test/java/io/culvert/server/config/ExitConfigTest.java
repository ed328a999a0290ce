package io.culvert.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.ConfigException;
import io.culvert.server.config.GatewayConfig.Inside;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExitConfigTest {
    private static final String TUN = "tunnel: wg0.conf\nlisten: [\"udp://0.0.0.0:51820\"]\n";
    private static final String LEAST = TUN + "inside: userspace\n";
    private static final String KEY = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

    @TempDir private Path folder;

    private GatewayConfig load(String text) throws Exception {
        return GatewayConfig.load(write(text), Map.of(), Map.of());
    }

    private Path write(String text) throws Exception {
        return Files.writeString(folder.resolve("gateway.yaml"), text);
    }

    private static String refusal(Path file) {
        ConfigException refusal =
                assertThrows(
                        ConfigException.class, () -> GatewayConfig.load(file, Map.of(), Map.of()));
        return String.valueOf(refusal.getMessage());
    }

    @Test
    void readsAllOfIt() throws Exception {
        GatewayConfig config =
                load(
                        LEAST
                                + """
                                egress:
                                  - {allow: 10.1.2.3, ports: [443, 8000-8100], protocol: tcp}
                                  - deny: 0.0.0.0/0
                                    ports: 25
                                    peer: %s
                                  - {allow: "fd00::/8", protocol: icmp}
                                privateRanges: allow
                                betweenPeers: deny
                                dns: [9.9.9.9, "2620:fe::fe"]
                                limits:
                                  flowsPerPeer: 10
                                  newFlowsPerSecond: 5
                                  megabitsPerSecond: 50
                                """
                                        .formatted(KEY));
        assertEquals(Inside.USERSPACE, config.inside());
        ExitConfig exit = config.exit();
        assertEquals(
                "[allow 10.1.2.3/32 tcp ports 443, 8000-8100, deny 0.0.0.0/0 ports 25 of xTIBA5rb,"
                        + " allow fd00::/8 icmp]",
                exit.rules().toString());
        assertTrue(exit.allowsPrivate());
        assertFalse(exit.allowsBetweenPeers());
        assertEquals("[9.9.9.9, 2620:fe::fe]", exit.dns().toString());
        assertEquals(10, exit.flowsPerPeer());
        assertEquals(5, exit.newFlowsPerSecond());
        assertEquals(50, exit.megabitsPerSecond());
        assertTrue(config.warnings().isEmpty());
        assertEquals("file", config.placeOf("egress").endsWith(":4") ? "file" : "?");
    }

    @Test
    void privateRangesAreDeniedAndThatIsSaidOnce() throws Exception {
        GatewayConfig config = load(LEAST);
        assertFalse(config.exit().allowsPrivate());
        assertTrue(config.exit().allowsBetweenPeers());
        assertEquals(1, config.warnings().size());
        assertTrue(config.warnings().toString().contains("privateRanges: allow"));
        assertTrue(load(LEAST + "privateRanges: deny\n").warnings().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "egress: deny | 4 | egress: not a list: write `- {allow: 10.0.0.0/8}` below it",
                "egress: [deny] | 4 | egress: not a group: write `- {allow: 10.0.0.0/8}`",
                "egress: [] | 4 | egress: an empty list",
                "egress: [{ports: [1]}] | 4 | egress: neither allow nor deny",
                "egress: [{allow: 1.0.0.0/8, deny: 2.0.0.0/8}] | 4 | egress.deny: stands beside",
                "egress: [{alow: 1.0.0.0/8}] | 4 | unknown key \"alow\": did you mean \"allow\"?",
                "egress: [{allow: example.com}] | 4 | names are not resolved",
                "egress: [{allow: 1.2.3.4, ports: [0]}] | 4 | egress.ports: ",
                "egress: [{allow: 1.2.3.4, ports: [9-8]}] | 4 | egress.ports: ",
                "egress: [{allow: 1.2.3.4, ports: []}] | 4 | egress.ports: an empty list",
                "egress: [{allow: 1.2.3.4, ports: [1], protocol: icmp}] | 4 | icmp has no ports",
                "egress: [{allow: 1.2.3.4, protocol: sctp}] | 4 | write tcp, udp or icmp",
                "egress: [{allow: 1.2.3.4, peer: me}] | 4 | egress.peer: no public key",
                "egress: [{allow: [1.2.3.4]}] | 4 | a list where one value belongs",
                "privateRanges: yes | 4 | privateRanges: \"yes\" is not known",
                "betweenPeers: true | 4 | betweenPeers: \"true\" is not known",
                "dns: [resolver] | 4 | write addresses of name servers",
                "limits: {flowsPerPeer: 0} | 4 | limits.flowsPerPeer: \"0\" is no limit",
                "limits: {newFlowsPerSecond: many} | 4 | limits.newFlowsPerSecond: \"many\" is no",
                "nat: true | 4 | nat: nothing to masquerade with `inside: userspace`",
            })
    void refusesWithLineAndRemedy(String line, int where, String what) throws Exception {
        Path file = write(LEAST + line + "\n");
        String message = refusal(file);
        assertTrue(message.startsWith(file + ":" + where + ": "), message);
        assertTrue(message.contains(what), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "egress: [{allow: 10.0.0.0/8}]",
                "privateRanges: allow",
                "betweenPeers: allow",
                "dns: [9.9.9.9]",
                "limits: {flowsPerPeer: 1}"
            })
    void ruleThatNobodyWouldEnforceIsRefused(String line) throws Exception {
        String message = refusal(write(TUN + line + "\n"));
        assertTrue(message.contains("only with `inside: userspace`"), message);
    }
}
