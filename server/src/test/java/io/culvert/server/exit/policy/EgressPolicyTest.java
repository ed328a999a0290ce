package io.culvert.server.exit.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EgressPolicyTest {
    private static final PublicKey ANN = PublicKey.ofBytes(new byte[32], 0);
    private static final PublicKey BOB = key(7);

    private static PublicKey key(int first) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) first;
        return PublicKey.ofBytes(bytes, 0);
    }

    private static EgressRule rule(String text) {
        String[] words = text.split(" ", -1);
        List<PortRange> ports = new ArrayList<>();
        Protocol protocol = null;
        PublicKey peer = null;
        for (int i = 2; i < words.length; i++) {
            switch (words[i]) {
                case "tcp" -> protocol = Protocol.TCP;
                case "udp" -> protocol = Protocol.UDP;
                case "bob" -> peer = BOB;
                default -> ports.add(PortRange.parse(words[i]));
            }
        }
        IpPrefix prefix = IpPrefix.parse(words[1]);
        return new EgressRule(words[0].equals("allow"), prefix, ports, protocol, peer);
    }

    private static boolean isAllowed(@Nullable String rules, String flow) {
        List<EgressRule> parsed = new ArrayList<>();
        for (String text : rules == null ? new String[0] : rules.split(", ", -1)) {
            parsed.add(rule(text));
        }
        String[] words = flow.split(" ", -1);
        return new EgressPolicy(parsed, false)
                .decide(
                        words[0].equals("bob") ? BOB : ANN,
                        Protocol.valueOf(words[1]),
                        IpAddress.parse(words[2]),
                        Integer.parseInt(words[3]))
                .isAllowed();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "| ann TCP 192.0.2.1 80 | true",
                "| ann UDP 2001:db8::1 53 | true",
                "| ann ICMP 192.0.2.1 0 | true",
                "| ann TCP 10.0.0.1 80 | false",
                "allow 10.0.0.0/8 | ann TCP 10.0.0.1 80 | true",
                "allow 10.0.0.0/8 | ann TCP 172.16.0.1 80 | false",
                // the whole Internet is no word for this machine or for the network behind
                "allow 0.0.0.0/0 | ann TCP 10.0.0.1 80 | false",
                "allow 0.0.0.0/0 | ann TCP 127.0.0.1 80 | false",
                "allow ::/0 | ann TCP ::1 80 | false",
                "allow 169.254.0.0/16 | ann TCP 169.254.1.1 80 | true",
                "allow 169.254.0.0/16 | ann TCP 169.254.169.254 80 | false",
                "allow 169.254.169.254/32 | ann TCP 169.254.169.254 80 | true",
                "allow 127.0.0.1/32 8080 | ann TCP 127.0.0.1 8080 | true",
                "allow 127.0.0.1/32 8080 | ann TCP 127.0.0.1 8081 | false",
                // the first that matches
                "deny 10.1.0.0/16, allow 10.0.0.0/8 | ann TCP 10.1.0.1 80 | false",
                "allow 10.0.0.0/8, deny 10.1.0.0/16 | ann TCP 10.1.0.1 80 | true",
                "deny 0.0.0.0/0 25 tcp | ann TCP 192.0.2.1 25 | false",
                "deny 0.0.0.0/0 25 tcp | ann UDP 192.0.2.1 25 | true",
                "deny 0.0.0.0/0 25 tcp | ann TCP 192.0.2.1 26 | true",
                "deny 0.0.0.0/0 8000-8100 | ann TCP 192.0.2.1 8100 | false",
                "deny 0.0.0.0/0 8000-8100 | ann ICMP 192.0.2.1 0 | true",
                "deny 0.0.0.0/0 | ann ICMP 192.0.2.1 0 | false",
                "deny 0.0.0.0/0 bob | bob TCP 192.0.2.1 80 | false",
                "deny 0.0.0.0/0 bob | ann TCP 192.0.2.1 80 | true",
                "allow 10.0.0.0/8 bob | bob TCP 10.0.0.1 80 | true",
                "allow 10.0.0.0/8 bob | ann TCP 10.0.0.1 80 | false",
                // what an address carries
                "| ann TCP 64:ff9b::192.0.2.1 80 | true",
                "| ann TCP 64:ff9b::10.0.0.1 80 | false",
                "allow 10.0.0.0/8 | ann TCP 64:ff9b::10.0.0.1 80 | true",
                "deny 192.0.2.0/24 | ann TCP 64:ff9b::192.0.2.1 80 | false",
                "allow ::ffff:127.0.0.1/128 | ann TCP ::ffff:127.0.0.1 80 | false",
                "allow 2002::/16 | ann TCP 2002:7f00:1:: 80 | false",
                "allow 2002::/16 | ann TCP 2002:c000:201:: 80 | true",
            })
    void decides(@Nullable String rules, String flow, boolean isAllowed) {
        assertEquals(isAllowed, isAllowed(rules, flow));
    }

    @Test
    void privateRangesAreOpenWhereTheOperatorSaysSo() {
        EgressPolicy policy = new EgressPolicy(List.of(), true);
        for (String open : List.of("10.0.0.1", "192.168.1.1", "100.64.0.1", "fd12::1")) {
            IpAddress address = IpAddress.parse(open);
            assertTrue(policy.decide(ANN, Protocol.TCP, address, 80).isAllowed(), open);
        }
        for (String shut : List.of("127.0.0.1", "100.100.100.200", "fd00:ec2::254")) {
            IpAddress address = IpAddress.parse(shut);
            assertFalse(policy.decide(ANN, Protocol.TCP, address, 80).isAllowed(), shut);
        }
    }

    @Test
    void onlyTheAddressItselfOpensTheGatewaysOwn() {
        EgressPolicy policy =
                new EgressPolicy(
                        List.of(rule("allow 192.0.2.1/32"), rule("allow 192.0.2.0/24")), false);
        IpAddress own = IpAddress.parse("192.0.2.1");
        assertEquals(new Verdict.Allowed(true), policy.decide(ANN, Protocol.TCP, own, 80));
        IpAddress other = IpAddress.parse("192.0.2.2");
        assertEquals(new Verdict.Allowed(false), policy.decide(ANN, Protocol.TCP, other, 80));
    }

    @Test
    void saysWhy() {
        Verdict verdict =
                new EgressPolicy(List.of(), false)
                        .decide(ANN, Protocol.TCP, IpAddress.parse("64:ff9b::169.254.169.254"), 80);
        assertEquals(
                new Verdict.Denied(
                        "64:ff9b::a9fe:a9fe carries 169.254.169.254: METADATA 169.254.169.254/32"),
                verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "2-1", "1-", "-1", "a", "1-70000", "", "1 - 2"})
    void refusesWhatAreNoPorts(String text) {
        assertThrows(IllegalArgumentException.class, () -> PortRange.parse(text));
    }
}
