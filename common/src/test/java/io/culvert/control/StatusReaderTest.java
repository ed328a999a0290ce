package io.culvert.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Hex;
import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpPrefix;
import io.culvert.noise.LocalIdentity;
import io.culvert.stats.DropReason;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.PeerConfig;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelEffects;
import io.culvert.tunnel.TunnelEvent;
import io.culvert.tunnel.TunnelSetup;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code show --json} says: exactly the keys of the contract, and no secret. */
final class StatusReaderTest {
    private static final Instant WALL = Instant.parse("2026-03-01T12:00:00.123456789Z");
    private static final long NOW_NS = -77_000_000_000L;

    private final SecureRandom random = new SecureRandom();
    private final byte[] privateKey = new byte[32];
    private final byte[] psk = new byte[32];
    private final PublicKey other = PrivateKey.generate(random).publicKey();
    private final Tunnel<Carrier> tunnel;
    private @Nullable CarrierInfo info =
            new CarrierInfo(
                    "wss",
                    "wss://vpn.example.com/connect",
                    "192.0.2.7:443",
                    CarrierInfo.State.CONNECTING,
                    Instant.parse("2026-03-01T11:00:00Z"));

    StatusReaderTest() {
        random.nextBytes(privateKey);
        random.nextBytes(psk);
        LocalIdentity identity = new LocalIdentity(PrivateKey.ofBytes(privateKey));
        TimestampSource timestamps = new TimestampSource(WallClock.system());
        tunnel = new Tunnel<>(new TunnelSetup<>(identity, 1420, new Silent(), timestamps, random));
        addPeer(25);
    }

    private Peer<Carrier> addPeer(int keepaliveSeconds) {
        return Objects.requireNonNull(
                tunnel.addPeer(
                        new PeerConfig(
                                other,
                                PresharedKey.ofBytes(psk),
                                List.of(
                                        IpPrefix.parse("10.8.0.2/32"),
                                        IpPrefix.parse("fd08::2/128")),
                                keepaliveSeconds)));
    }

    private JsonNode json(@Nullable Integer port) {
        return JsonMapper.shared().readTree(text(port));
    }

    private String text(@Nullable Integer port) {
        StatusReader reader = new StatusReader("home", tunnel, peer -> info);
        return JsonMapper.shared().writeValueAsString(reader.read(port, NOW_NS, WALL));
    }

    private static Set<String> keys(JsonNode node) {
        return new TreeSet<>(node.propertyNames());
    }

    @Test
    void hasTheKeysOfTheContract() {
        JsonNode json = json(51820);
        assertEquals(
                Set.of("interface", "publicKey", "listenPort", "peers", "drops", "flows"),
                keys(json));
        assertTrue(json.get("flows").isNull());
        JsonNode peer = json.get("peers").get(0);
        assertEquals(
                Set.of(
                        "publicKey",
                        "endpoint",
                        "carrier",
                        "allowedIps",
                        "latestHandshake",
                        "rxBytes",
                        "txBytes",
                        "persistentKeepalive",
                        "drops"),
                keys(peer));
        assertEquals(
                Set.of(
                        "kind",
                        "url",
                        "remote",
                        "state",
                        "since",
                        "congestionControl",
                        "connections"),
                keys(peer.get("carrier")));
    }

    @Test
    void saysWhatIs() {
        JsonNode json = json(51820);
        assertEquals("home", json.get("interface").asString());
        assertEquals(tunnel.publicKey().toBase64(), json.get("publicKey").asString());
        assertEquals(51820, json.get("listenPort").asInt());
        JsonNode peer = json.get("peers").get(0);
        assertEquals(other.toBase64(), peer.get("publicKey").asString());
        assertEquals("192.0.2.7:443", peer.get("endpoint").asString());
        assertEquals("10.8.0.2/32", peer.get("allowedIps").get(0).asString());
        assertEquals("fd08::2/128", peer.get("allowedIps").get(1).asString());
        assertEquals(0, peer.get("rxBytes").asLong());
        assertEquals(25, peer.get("persistentKeepalive").asInt());
        JsonNode carrier = peer.get("carrier");
        assertEquals("wss", carrier.get("kind").asString());
        assertEquals("wss://vpn.example.com/connect", carrier.get("url").asString());
        assertEquals("connecting", carrier.get("state").asString());
        assertEquals("2026-03-01T11:00:00Z", carrier.get("since").asString());
    }

    @Test
    void whatIsNotKnownIsNullAndNotLeftOut() {
        info = null;
        addPeer(0);
        JsonNode json = json(null);
        assertTrue(json.get("listenPort").isNull());
        JsonNode peer = json.get("peers").get(0);
        for (String key :
                List.of("endpoint", "carrier", "latestHandshake", "persistentKeepalive")) {
            assertTrue(peer.get(key).isNull(), key);
        }
    }

    @Test
    void boringtun388LatestHandshakeIsNullWhenThereWasNone() {
        assertTrue(json(1).get("peers").get(0).get("latestHandshake").isNull());
    }

    @Test
    void dropsAreNamedInKebabCase() {
        tunnel.drops().count(DropReason.BAD_MAC1);
        tunnel.drops().count(DropReason.BAD_MAC1);
        JsonNode drops = json(1).get("drops");
        assertEquals(2, drops.get("bad-mac1").asInt());
        assertEquals(1, drops.size(), "only what occurred");
    }

    @Test
    void holdsNoSecret() {
        String text = text(51820);
        for (byte[] secret : List.of(privateKey, psk)) {
            assertFalse(text.contains(Base64.getEncoder().encodeToString(secret)));
            assertFalse(text.contains(Hex.encode(secret)));
        }
        assertFalse(text.toLowerCase(java.util.Locale.ROOT).contains("private"));
        assertFalse(text.toLowerCase(java.util.Locale.ROOT).contains("preshared"));
    }

    @Test
    void survivesTheWayThroughJsonAndBack() {
        InterfaceStatus status =
                new StatusReader("home", tunnel, peer -> info).read(51820, NOW_NS, WALL);
        JsonMapper mapper = JsonMapper.shared();
        assertEquals(
                status, mapper.readValue(mapper.writeValueAsString(status), InterfaceStatus.class));
    }

    /** The world around an engine that is only looked at. */
    private static final class Silent implements TunnelEffects<Carrier> {
        @Override
        public void send(Carrier to, byte[] array, int offset, int length, int trafficClass) {
            throw new AssertionError("nothing is to be sent");
        }

        @Override
        public byte[] source(Carrier endpoint) {
            return new byte[6];
        }

        @Override
        public void on(TunnelEvent<Carrier> event) {
            throw new AssertionError("nothing is to happen: " + event);
        }
    }
}
