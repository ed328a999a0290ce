package io.culvert.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PrivateKey;
import io.culvert.ip.IpPrefix;
import io.culvert.tunnel.Peer;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Mutated operations of the control socket against a live engine: each is answered, nothing is
 * thrown, and after each the interface is what {@link UapiModel} says, so that a failing set leaves
 * what came before its bad line and nothing else. One seed again: {@code -Dculvert.uapi.seed=N}.
 */
final class UapiFuzz {
    private static final int OPERATIONS_A_DEVICE = 200;
    private static final int MOST_PEERS = 24;
    private static final Moment MOMENT = new Moment(5, Instant.ofEpochSecond(1_000));

    private final SecureRandom keys = new SecureRandom();
    private final List<String> privateKeys = new ArrayList<>();
    private final List<String> publicKeys = new ArrayList<>();
    private long done;
    private long failed;
    private long ended;

    UapiFuzz() {
        for (int i = 0; i < 8; i++) {
            PrivateKey key = PrivateKey.generate(keys);
            privateKeys.add(key.toHex());
            publicKeys.add(key.publicKey().toHex());
        }
    }

    @Test
    void twoThousandMutatedOperationsLeaveWhatTheDocumentSays() {
        run(2_000);
    }

    @Test
    @Tag("slow")
    void aHundredThousandMutatedOperationsLeaveWhatTheDocumentSays() {
        run(100_000);
    }

    private void run(int operations) {
        long seed = Long.getLong("culvert.uapi.seed", System.nanoTime());
        System.out.println("UapiFuzz seed " + seed);
        Random random = new Random(seed);
        try {
            while (done + failed + ended < operations) {
                oneDevice(random);
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        }
        System.out.printf("done %d, refused %d, ended %d%n", done, failed, ended);
        assertTrue(done > operations / 10 && failed > operations / 10 && ended > 0);
    }

    private void oneDevice(Random random) {
        DeviceDouble device = new DeviceDouble();
        device.busyPort = UapiModel.BUSY_PORT;
        UapiModel model = new UapiModel();
        Conversation<InetSocketAddress> talk = new Conversation<>(device, keys);
        for (int i = 0; i < OPERATIONS_A_DEVICE; i++) {
            if (talk.isEnded()) {
                talk = new Conversation<>(device, keys);
            }
            List<String> lines = operation(random, model.peers.size() > MOST_PEERS);
            String answer = talk.lines(lines, MOMENT);
            assertEquals(expected(model, lines, answer), answer, () -> "to " + lines);
            assertEquals(model.toString(), stateOf(device), () -> "after " + lines);
        }
    }

    /** What the lines are answered; a get's answer is taken as it came, its content is compared. */
    private String expected(UapiModel model, List<String> lines, String answer) {
        if (lines.getFirst().equals("get=1") && lines.get(1).isEmpty()) {
            done++;
            assertTrue(answer.endsWith("errno=0\n\n"), answer);
            return answer;
        }
        if (!lines.getFirst().equals("set=1")) {
            ended++;
            return "errno=71\n\n";
        }
        model.beginSet();
        int failure = 0;
        for (String line : lines.subList(1, lines.size() - 1)) {
            failure = failure == 0 ? model.line(line) : failure;
        }
        done += failure == 0 ? 1 : 0;
        failed += failure == 0 ? 0 : 1;
        return "errno=" + failure + "\n\n";
    }

    private List<String> operation(Random random, boolean isCrowded) {
        List<String> lines = new ArrayList<>();
        if (random.nextInt(10) == 0) {
            lines.add("get=1");
            lines.add(random.nextInt(20) == 0 ? "listen_port=1" : "");
            return lines;
        }
        lines.add(random.nextInt(50) == 0 ? mutated(random, "set=1") : "set=1");
        if (isCrowded) {
            lines.add("replace_peers=true");
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            lines.add(interfaceLine(random));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            lines.add("public_key=" + pick(random, publicKeys));
            for (int j = random.nextInt(5); j > 0; j--) {
                lines.add(peerLine(random));
            }
        }
        for (int i = random.nextInt(3); i > 0 && lines.size() > 1; i--) {
            mutate(random, lines);
        }
        lines.add("");
        return lines;
    }

    private String interfaceLine(Random random) {
        return switch (random.nextInt(4)) {
            case 0 ->
                    "private_key=" + (random.nextInt(6) == 0 ? "0".repeat(64) : privateKey(random));
            case 1 -> "listen_port=" + number(random, 65_535);
            case 2 -> "fwmark=" + number(random, 0xffff_ffffL);
            default -> "replace_peers=" + (random.nextInt(4) == 0 ? "1" : "true");
        };
    }

    private String privateKey(Random random) {
        return pick(random, privateKeys);
    }

    private String peerLine(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> "update_only=true";
            case 1 -> "remove=" + (random.nextInt(8) == 0 ? "yes" : "true");
            case 2 -> "preshared_key=" + privateKey(random);
            case 3 -> "endpoint=" + pick(random, List.copyOf(UapiModel.ENDPOINTS.keySet()));
            case 4 -> "persistent_keepalive_interval=" + number(random, 65_535);
            case 5 -> "replace_allowed_ips=true";
            case 6 -> "protocol_version=" + (random.nextInt(8) == 0 ? "2" : "1");
            default ->
                    "allowed_ip="
                            + pick(random, List.of("", "", "", "+", "-"))
                            + pick(random, List.copyOf(UapiModel.PREFIXES.keySet()));
        };
    }

    private static String number(Random random, long most) {
        return switch (random.nextInt(8)) {
            case 0 -> Long.toString(most + 1);
            case 1 -> "-1";
            case 2 -> Integer.toString(UapiModel.BUSY_PORT);
            case 3 -> "9".repeat(1 + random.nextInt(40));
            default -> Long.toString(random.nextLong(most + 1));
        };
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static void mutate(Random random, List<String> lines) {
        int at = 1 + random.nextInt(lines.size() - 1);
        String line = lines.get(at);
        boolean isTable = line.startsWith("endpoint=") || line.startsWith("allowed_ip=");
        switch (random.nextInt(6)) {
            case 0 -> lines.add(at, line);
            case 1 -> {
                if (lines.size() > 2) {
                    lines.remove(at);
                }
            }
            case 2 -> lines.add(at, lines.get(1 + random.nextInt(lines.size() - 1)));
            case 3 -> lines.add(at, "no_such_key=" + random.nextInt());
            case 4 ->
                    lines.set(
                            at,
                            isTable ? line : line.substring(0, 1 + random.nextInt(line.length())));
            default -> lines.set(at, isTable ? line : mutated(random, line));
        }
    }

    /** One character becomes another, of any kind but a line's end. */
    private static String mutated(Random random, String line) {
        int at = random.nextInt(line.length());
        char other =
                (char) (random.nextInt(4) == 0 ? random.nextInt(256) : 32 + random.nextInt(95));
        String made =
                line.substring(0, at) + (other == '\n' ? ' ' : other) + line.substring(at + 1);
        return made.startsWith("endpoint=") || made.startsWith("allowed_ip=") ? line : made;
    }

    /** In the model's words. */
    private static String stateOf(DeviceDouble device) {
        var tunnel = device.tunnel();
        String own = tunnel.identity().isSet() ? tunnel.identity().privateKey().toHex() : "null";
        StringBuilder text = new StringBuilder(own);
        text.append(' ')
                .append(device.port)
                .append(' ')
                .append(Integer.toUnsignedLong(device.mark));
        TreeMap<String, Peer<InetSocketAddress>> peers = new TreeMap<>();
        tunnel.peers().forEach(peer -> peers.put(peer.publicKey().toHex(), peer));
        text.append('\n');
        peers.forEach((key, peer) -> {
            TreeSet<String> prefixes = new TreeSet<>();
            tunnel.allowedIps(peer).stream().map(IpPrefix::toString).forEach(prefixes::add);
            String endpoint = device.endpoint(peer);
            text.append(key).append(' ').append(peer.presharedKey().toHex()).append(' ');
            text.append(endpoint == null ? "none" : endpoint).append(' ');
            text.append(peer.persistentKeepaliveSeconds())
                    .append(' ')
                    .append(prefixes)
                    .append('\n');
        });
        return text.toString();
    }
}
