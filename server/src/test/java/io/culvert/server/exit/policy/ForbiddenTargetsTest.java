package io.culvert.server.exit.policy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Forbidden targets in every notation that some resolver or program understands: whatever the text,
 * what is judged is the address that comes of it.
 */
final class ForbiddenTargetsTest {
    private static final PublicKey PEER = PublicKey.ofBytes(new byte[32], 0);
    private static final int LEAST = 1000;

    /** Corners of the forbidden ranges; random ones are added from each. */
    private static final List<String> RANGES =
            List.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "169.254.169.254/32",
                    "168.63.129.16/32",
                    "100.100.100.200/32",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "255.255.255.255/32");

    private static final List<String> IPV6 =
            List.of(
                    "::",
                    "::1",
                    "fe80::1",
                    "febf:ffff::1",
                    "fec0::1",
                    "fc00::1",
                    "fdff:ffff::1",
                    "fd00:ec2::254",
                    "ff02::1",
                    "ff0e::1",
                    "100::1");

    private final EgressPolicy strict = new EgressPolicy(List.of(), false);

    /** Even with rules that mean the whole Internet. */
    private final EgressPolicy generous =
            new EgressPolicy(
                    List.of(
                            new EgressRule(true, prefix("0.0.0.0/0"), List.of(), null, null),
                            new EgressRule(true, prefix("::/0"), List.of(), null, null)),
                    false);

    private static IpPrefix prefix(String text) {
        return IpPrefix.parse(text);
    }

    @Test
    void noneIsReachedInAnyNotation() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        System.out.println("seed " + seed);
        List<IpAddress> targets = new ArrayList<>();
        for (int ipv4 : samples(new Random(seed))) {
            for (String text : notations(ipv4)) {
                targets.add(IpAddress.of(Inet4Address.ofPosixLiteral(text)));
            }
            for (String text : disguises(ipv4)) {
                targets.add(IpAddress.parse(text));
            }
        }
        IPV6.forEach(text -> targets.add(IpAddress.parse(text)));
        assertTrue(targets.size() >= LEAST, () -> targets.size() + " targets");
        System.out.println(targets.size() + " forbidden targets");
        for (IpAddress target : targets) {
            for (Protocol protocol : Protocol.values()) {
                int port = protocol == Protocol.ICMP ? 0 : 80;
                assertFalse(
                        strict.decide(PEER, protocol, target, port).isAllowed(), target::toString);
                assertFalse(
                        generous.decide(PEER, protocol, target, port).isAllowed(),
                        target::toString);
            }
        }
    }

    private static List<Integer> samples(Random random) {
        List<Integer> samples = new ArrayList<>();
        for (String range : RANGES) {
            int slash = range.indexOf('/');
            int first = (int) (IpAddress.parse(range.substring(0, slash)).high() >>> 32);
            int hostBits = 32 - Integer.parseInt(range.substring(slash + 1));
            int last = first | (int) ((1L << hostBits) - 1);
            samples.add(first);
            samples.add(last);
            for (int i = 0; i < 4 && hostBits > 0; i++) {
                samples.add(first | (random.nextInt() & (int) ((1L << hostBits) - 1)));
            }
        }
        return samples;
    }

    /** As inet_aton(3) reads them: decimal, octal, hexadecimal, with fewer dots. */
    private static List<String> notations(int ipv4) {
        long all = Integer.toUnsignedLong(ipv4);
        int a = ipv4 >>> 24;
        int b = ipv4 >>> 16 & 0xff;
        int c = ipv4 >>> 8 & 0xff;
        int d = ipv4 & 0xff;
        return List.of(
                a + "." + b + "." + c + "." + d,
                Long.toString(all),
                "0" + Long.toOctalString(all),
                "0x" + Long.toHexString(all),
                "0X" + Long.toHexString(all).toUpperCase(Locale.ROOT),
                String.format(Locale.ROOT, "0%o.0%o.0%o.0%o", a, b, c, d),
                String.format(Locale.ROOT, "000%o.%d.0x%x.%d", a, b, c, d),
                String.format(Locale.ROOT, "0x%x.0x%x.0x%x.0x%x", a, b, c, d),
                a + "." + (ipv4 & 0xff_ffff),
                a + "." + b + "." + (ipv4 & 0xffff),
                String.format(Locale.ROOT, "0x%x.0%o", a, ipv4 & 0xff_ffff));
    }

    /** As an IPv6 address carries them, to a translator or into a tunnel. */
    private static List<String> disguises(int ipv4) {
        String dotted = IpAddress.of(bytes(ipv4)).toString();
        int high = ipv4 >>> 16;
        int low = ipv4 & 0xffff;
        String hex = Integer.toHexString(high) + ":" + Integer.toHexString(low);
        String turned =
                Integer.toHexString(~high & 0xffff) + ":" + Integer.toHexString(~low & 0xffff);
        return List.of(
                "::ffff:" + dotted,
                "::ffff:" + hex,
                "::ffff:0:" + dotted,
                "::" + dotted,
                "64:ff9b::" + dotted,
                "64:ff9b:1::" + dotted,
                String.format(
                        Locale.ROOT, "64:ff9b:1:%x:%x:%x::", high, low >>> 8, (low & 0xff) << 8),
                "2002:" + hex + "::1",
                "2001:0:" + hex + "::1",
                "2001:0:c000:201:0:0:" + turned,
                "2001:db8::5efe:" + dotted,
                "2001:db8::200:5efe:" + dotted,
                "fe80::5efe:" + dotted);
    }

    private static byte[] bytes(int ipv4) {
        return new byte[] {
            (byte) (ipv4 >>> 24), (byte) (ipv4 >>> 16), (byte) (ipv4 >>> 8), (byte) ipv4
        };
    }
}
