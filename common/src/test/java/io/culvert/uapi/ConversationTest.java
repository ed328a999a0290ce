package io.culvert.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.tunnel.Peer;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code wg} says and is answered, as the cross-platform document and its source have it. */
final class ConversationTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String OK = "errno=0\n\n";
    private static final String EINVAL = "errno=-22\n\n";

    private final DeviceDouble device = new DeviceDouble();
    private final Conversation<InetSocketAddress> talk = new Conversation<>(device, RANDOM);
    private final PrivateKey own = PrivateKey.generate(RANDOM);
    private final String alice = PrivateKey.generate(RANDOM).publicKey().toHex();
    private final String bob = PrivateKey.generate(RANDOM).publicKey().toHex();

    private String say(String... lines) {
        return talk.lines(List.of(lines), new Moment(5, Instant.ofEpochSecond(1_000)));
    }

    private String set(String... lines) {
        say("set=1");
        say(lines);
        return say("");
    }

    private String get() {
        return say("get=1", "");
    }

    private @Nullable Peer<InetSocketAddress> peer(String hex) {
        return device.tunnel().peer(PublicKey.parseHex(hex));
    }

    private List<String> allowed(String hex) {
        Peer<InetSocketAddress> peer = peer(hex);
        return peer == null
                ? List.of()
                : device.tunnel().allowedIps(peer).stream().map(Object::toString).toList();
    }

    private String told(String psk) {
        return """
        private_key=%s
        listen_port=51820
        fwmark=4294967295
        public_key=%s
        preshared_key=%s
        protocol_version=1
        endpoint=[2001:db8:0:0:0:0:0:1]:7
        last_handshake_time_sec=0
        last_handshake_time_nsec=0
        tx_bytes=148
        rx_bytes=0
        persistent_keepalive_interval=25
        allowed_ip=10.0.0.2/32
        allowed_ip=fd00::/8
        public_key=%s
        preshared_key=%s
        protocol_version=1
        endpoint=192.0.2.1:51820
        last_handshake_time_sec=0
        last_handshake_time_nsec=0
        tx_bytes=0
        rx_bytes=0
        persistent_keepalive_interval=0
        errno=0

        """
                .formatted(own.toHex(), alice, psk, bob, "00".repeat(32));
    }

    @Test
    void anInterfaceWithoutAnythingHasNothingToTell() {
        assertEquals(OK, get());
    }

    @Test
    void tellsWhatWasSetInTheOrderThatToolsRead() {
        String psk = "11".repeat(32);
        String answer =
                set(
                        "private_key=" + own.toHex(),
                        "listen_port=51820",
                        "fwmark=4294967295",
                        "replace_peers=true",
                        "public_key=" + alice,
                        "preshared_key=" + psk,
                        "endpoint=[2001:db8::1]:7",
                        "persistent_keepalive_interval=25",
                        "replace_allowed_ips=true",
                        "allowed_ip=10.0.0.2/32",
                        "allowed_ip=fd00::/8",
                        "public_key=" + bob,
                        "endpoint=192.0.2.1:51820",
                        "protocol_version=1");
        assertEquals(OK, answer);
        assertEquals(told(psk), get());
        assertEquals(1, device.sent.size(), "the keepalive begins a handshake");
    }

    @Test
    void aWebSocketPeerTellsItsUrlBesideItsAddress() {
        set("private_key=" + own.toHex(), "public_key=" + alice, "endpoint=192.0.2.1:443");
        device.urls.put(assertNotNullPeer(alice), "wss://gateway/connect");
        String told = get();
        assertTrue(told.contains("endpoint=192.0.2.1:443\n"), told);
        assertTrue(told.contains("culvert_url=wss://gateway/connect\n"), told);
    }

    private Peer<InetSocketAddress> assertNotNullPeer(String hex) {
        Peer<InetSocketAddress> peer = peer(hex);
        assertNotNull(peer);
        return peer;
    }

    @Test
    void operationsFollowEachOtherOnOneConnection() {
        String answers =
                say("get=1", "", "set=1", "listen_port=9", "", "get=1", "", "set=1", "x=1", "");
        assertEquals(OK + OK + "listen_port=9\n" + OK + EINVAL, answers);
        assertFalse(talk.isEnded());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "private_key=12",
                "private_key=zz",
                "listen_port=65536",
                "listen_port=-1",
                "listen_port=+1",
                "listen_port=",
                "fwmark=4294967296",
                "fwmark=0x10",
                "replace_peers=false",
                "allowed_ip=10.0.0.0/8",
                "remove=true",
                "no_such_key=1"
            })
    void aBadLineOfTheInterfaceIsRefusedAndEndsTheChange(String line) {
        assertEquals(EINVAL, set("listen_port=1", line, "listen_port=2"));
        assertEquals(1, device.port, "what came before it stays, what came after is not done");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "public_key=12",
                "preshared_key=12",
                "endpoint=example.com:51820",
                "endpoint=10.0.0.1",
                "endpoint=10.0.0.1:99999",
                "endpoint=[::1:5",
                "persistent_keepalive_interval=65536",
                "persistent_keepalive_interval=off",
                "replace_allowed_ips=1",
                "allowed_ip=10.0.0.0/33",
                "allowed_ip=ten",
                "update_only=no",
                "remove=yes",
                "protocol_version=2",
                "listen_port=5",
                "private_key=00"
            })
    void aBadLineOfAPeerIsRefused(String line) {
        assertEquals(EINVAL, set("public_key=" + alice, line, "allowed_ip=10.0.0.9/32"));
        assertEquals(List.of(), allowed(alice));
    }

    @Test
    void aLineWithoutAnEqualsSignIsRefused() {
        assertEquals("errno=-71\n\n", set("listen_port"));
    }

    @Test
    void whatIsNoOperationEndsTheConversation() {
        assertEquals("errno=71\n\n", say("hello=1", "", "get=1", ""));
        assertTrue(talk.isEnded());
    }

    @Test
    void aPortInUseIsToldByItsNumber() {
        device.busyPort = 77;
        assertEquals("errno=-98\n\n", set("listen_port=77"));
    }

    @Test
    void replacePeersRemovesThemAllThroughTheDevice() {
        set("public_key=" + alice, "public_key=" + bob);
        set("replace_peers=true", "public_key=" + bob);
        assertEquals(List.of(alice, bob), device.removed);
        assertEquals(List.of(alice, bob, bob), device.added);
        assertNull(peer(alice));
        assertNotNull(peer(bob));
    }

    @Test
    void updateOnlyMakesNoPeer() {
        assertEquals(OK, set("public_key=" + alice, "update_only=true", "allowed_ip=10.0.0.1/32"));
        assertNull(peer(alice));
        set("public_key=" + bob);
        set("public_key=" + bob, "update_only=true", "allowed_ip=10.0.0.1/32");
        assertEquals(List.of("10.0.0.1/32"), allowed(bob));
    }

    @Test
    void aRemovedPeersFurtherLinesAreAboutNobody() {
        set("public_key=" + alice, "allowed_ip=10.0.0.1/32");
        assertEquals(OK, set("public_key=" + alice, "remove=true", "allowed_ip=10.0.0.2/32"));
        assertNull(peer(alice));
    }

    @Test
    void prefixesMoveToWhoeverIsGivenThemLast() {
        set("public_key=" + alice, "allowed_ip=10.0.0.0/24", "allowed_ip=10.1.0.0/24");
        set("public_key=" + bob, "allowed_ip=10.0.0.0/24");
        assertEquals(List.of("10.1.0.0/24"), allowed(alice));
        assertEquals(List.of("10.0.0.0/24"), allowed(bob));
    }

    @Test
    void onePrefixMayBeTakenAway() {
        set("public_key=" + alice, "allowed_ip=10.0.0.0/24", "allowed_ip=+10.1.0.0/24");
        set("public_key=" + bob, "allowed_ip=-10.0.0.0/24");
        assertEquals(2, allowed(alice).size(), "it is not bob's");
        set("public_key=" + alice, "allowed_ip=-10.0.0.0/24");
        assertEquals(List.of("10.1.0.0/24"), allowed(alice));
    }

    @Test
    void theInterfacesOwnKeyIsNobodysPeer() {
        set("private_key=" + own.toHex());
        String self = own.publicKey().toHex();
        assertEquals(OK, set("public_key=" + self, "allowed_ip=10.0.0.1/32"));
        assertNull(peer(self));
        set("public_key=" + alice);
        set("private_key=" + own.toHex());
        assertNotNull(peer(alice), "the same key again removes nobody");
    }

    @Test
    void aPeerWhoseKeyBecomesOursGoesThroughTheDevice() {
        set("public_key=" + own.publicKey().toHex());
        set("private_key=" + own.toHex());
        assertEquals(List.of(own.publicKey().toHex()), device.removed);
    }

    @Test
    void aKeyOfZerosTakesTheKeyAway() {
        set("private_key=" + own.toHex());
        set("private_key=" + "0".repeat(64));
        assertEquals(OK, get());
    }

    @Test
    void everyBatchOfLinesIsSettledOnce() {
        say("set=1", "listen_port=1");
        say("");
        assertEquals(2, device.settled);
    }
}
