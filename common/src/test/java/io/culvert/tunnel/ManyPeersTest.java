package io.culvert.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.ip.IpPrefix;
import io.culvert.noise.LocalIdentity;
import io.culvert.time.TimestampSource;
import io.culvert.wire.Transport;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * One engine and a thousand that talk to it at once, by datagrams that are now and then lost, for
 * minutes of virtual time: through rekeying and roaming, under load of their own making.
 */
final class ManyPeersTest {
    private static final int CLIENTS = 1000;
    private static final int SECONDS = 280;
    private static final int CALM_FROM_SECOND = 250;
    private static final long STEP_NS = Rig.SECOND_NS / 4;

    private final Random chance = new Random(4711);
    private final SeededRandom random = new SeededRandom(4711);
    private final Map<String, End> ends = new HashMap<>();
    private final ArrayDeque<Rig.Datagram> wire = new ArrayDeque<>();
    private final List<End> clients = new ArrayList<>();
    private long nowNs = Rig.START_NS;
    private double loss = 0.01;

    /** An engine at an address. */
    private final class End implements TunnelEffects<String> {
        final int number;
        final Tunnel<String> tunnel;
        String address;
        long received;
        long misrouted;
        int handshakes;

        End(int number) {
            this.number = number;
            LocalIdentity identity = new LocalIdentity(PrivateKey.generate(random));
            TimestampSource timestamps = new TimestampSource(ManyPeersTest.this::wallClock);
            tunnel = new Tunnel<>(new TunnelSetup<>(identity, 1420, this, timestamps, random));
            moveTo("end" + number);
        }

        private void moveTo(String place) {
            ends.remove(address, this);
            address = place;
            ends.put(place, this);
        }

        Peer<String> add(End other) {
            PeerConfig config =
                    new PeerConfig(
                            other.tunnel.publicKey(),
                            PresharedKey.NONE,
                            List.of(IpPrefix.parse(inner(other.number) + "/32")),
                            0);
            return Objects.requireNonNull(tunnel.addPeer(config));
        }

        void packet(End to) {
            byte[] packet = packetOf(number, to.number);
            byte[] array = new byte[packet.length + 64];
            System.arraycopy(packet, 0, array, Transport.CONTENT, packet.length);
            Peer<String> peer = Objects.requireNonNull(tunnel.peerFor(packet, 0));
            int length = tunnel.seal(peer, array, 0, packet.length, nowNs);
            String endpoint = peer.endpoint();
            if (length > 0 && endpoint != null) {
                send(endpoint, array, 0, length, 0);
            }
        }

        void receive(Rig.Datagram datagram) {
            byte[] array = datagram.bytes();
            int length = tunnel.receive(array, 0, array.length, datagram.from(), nowNs);
            if (length > 0) {
                received++;
                int to = Transport.CONTENT + 18;
                boolean isOurs = (array[to] & 0xff) * 256 + (array[to + 1] & 0xff) == number;
                misrouted += isOurs ? 0 : 1;
            }
        }

        @Override
        public void send(String to, byte[] array, int offset, int length, int trafficClass) {
            byte[] copy = Arrays.copyOfRange(array, offset, offset + length);
            if (chance.nextDouble() >= loss) {
                wire.add(new Rig.Datagram(nowNs, address, to, copy));
            }
        }

        @Override
        public byte[] source(String endpoint) {
            int place = Integer.parseInt(endpoint.replaceAll("\\D", ""));
            return new byte[] {10, (byte) (place >> 16), (byte) (place >> 8), (byte) place, 1, 1};
        }

        @Override
        public void on(TunnelEvent<String> event) {
            handshakes += event instanceof TunnelEvent.HandshakeCompleted ? 1 : 0;
        }
    }

    private Instant wallClock() {
        return Instant.ofEpochSecond(1_700_000_000L, nowNs - Rig.START_NS);
    }

    private static String inner(int number) {
        return "10.1." + number / 256 + "." + number % 256;
    }

    /** A UDP packet of 100 bytes. */
    private static byte[] packetOf(int from, int to) {
        byte[] packet = new byte[100];
        packet[0] = 0x45;
        packet[3] = 100;
        packet[8] = 64;
        packet[9] = 17;
        putInner(packet, 12, from);
        putInner(packet, 16, to);
        return packet;
    }

    private static void putInner(byte[] packet, int at, int number) {
        packet[at] = 10;
        packet[at + 1] = 1;
        packet[at + 2] = (byte) (number / 256);
        packet[at + 3] = (byte) number;
    }

    private void settle() {
        for (Rig.Datagram next = wire.poll(); next != null; next = wire.poll()) {
            End to = ends.get(next.to());
            if (to != null) {
                to.receive(next);
            }
        }
    }

    @Test
    void aThousandTalkAtOnce() {
        End gateway = new End(0);
        for (int i = 1; i <= CLIENTS; i++) {
            End client = new End(i);
            clients.add(client);
            gateway.add(client);
            client.tunnel.connect(client.add(gateway), gateway.address, nowNs);
        }
        for (int second = 0; second < SECONDS; second++) {
            if (second == CALM_FROM_SECOND) {
                loss = 0;
            }
            second(gateway);
            if (second % 10 == 0 && second < CALM_FROM_SECOND) {
                End roaming = clients.get(chance.nextInt(CLIENTS));
                roaming.moveTo("end" + (10_000 + second));
            }
        }
        long calmSeconds = SECONDS - CALM_FROM_SECOND;
        for (End client : clients) {
            assertTrue(client.handshakes >= 3, client.number + " did not renew its keys");
            assertEquals(0, client.misrouted);
            assertTrue(client.received >= calmSeconds, client.number + ": " + client.received);
        }
        assertEquals(0, gateway.misrouted);
        assertTrue(gateway.received > 0.95 * CLIENTS * SECONDS, gateway.received + " packets");
        assertEquals(CLIENTS, gateway.tunnel.peers().size());
        assertTrue(gateway.tunnel.indices() <= 4 * CLIENTS, gateway.tunnel.indices() + " indices");
        assertEquals(0, gateway.tunnel.examinations());
        everybodyIsHeardNow(gateway);
        System.out.printf(
                "many peers: %d packets at the gateway, %d handshakes, drops %s%n",
                gateway.received, gateway.handshakes, gateway.tunnel.drops().snapshot());
    }

    /** Every client sends and is answered; time passes, with timers every quarter of it. */
    private void second(End gateway) {
        for (long at = 0; at < Rig.SECOND_NS; at += STEP_NS) {
            nowNs += STEP_NS;
            for (End end : ends.values()) {
                end.tunnel.tick(nowNs);
            }
            settle();
        }
        for (End client : clients) {
            client.packet(gateway);
            settle();
            gateway.packet(client);
        }
        settle();
    }

    private void everybodyIsHeardNow(End gateway) {
        long before = gateway.received;
        clients.forEach(client -> client.packet(gateway));
        settle();
        assertEquals(before + CLIENTS, gateway.received);
        clients.forEach(client -> client.received = 0);
        clients.forEach(gateway::packet);
        settle();
        assertTrue(clients.stream().allMatch(client -> client.received == 1), "one each");
    }
}
