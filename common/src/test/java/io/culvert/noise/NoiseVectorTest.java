package io.culvert.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culvert.bytes.Hex;
import io.culvert.crypto.Aead;
import io.culvert.crypto.Aeads;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The published vectors of Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s against our primitives. WireGuard
 * is that protocol under its own prologue, with a timestamp and nothing as payloads.
 */
@SuppressWarnings("NullAway.Init") // fields are set before each test
final class NoiseVectorTest {
    private JsonNode vector;
    private PrivateKey initiator;
    private PrivateKey responder;
    private PrivateKey initiatorEphemeral;
    private PrivateKey responderEphemeral;

    @BeforeEach
    void read() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/noise/ikpsk2.json")) {
            JsonNode root = JsonMapper.shared().readTree(Objects.requireNonNull(in));
            assertEquals(1, root.get("vectors").size());
            vector = root.get("vectors").get(0);
        }
        initiator = PrivateKey.ofBytes(bytes("init_static"));
        responder = PrivateKey.ofBytes(bytes("resp_static"));
        initiatorEphemeral = PrivateKey.ofBytes(bytes("init_ephemeral"));
        responderEphemeral = PrivateKey.ofBytes(bytes("resp_ephemeral"));
    }

    @Test
    void derivesTheRespondersPublicKey() {
        assertArrayEquals(bytes("init_remote_static"), responder.publicKey().bytes());
    }

    @Test
    void writesBothHandshakeMessagesAsPublished() {
        SymmetricState ours = state();
        assertArrayEquals(ciphertext(0), writeFirst(ours));
        assertArrayEquals(ciphertext(1), writeSecond(ours));
    }

    @Test
    void readsBothHandshakeMessagesAndTheirPayloads() {
        SymmetricState theirs = state();
        assertArrayEquals(payload(0), readFirst(theirs, ciphertext(0)));
        assertArrayEquals(payload(1), readSecond(theirs, ciphertext(1)));
    }

    @Test
    void everyFlippedBitOfTheMessagesIsNoticed() {
        for (int i = 0; i < 8 * ciphertext(0).length; i++) {
            byte[] mangled = flip(ciphertext(0), i);
            SymmetricState theirs = state();
            byte[] read = readFirst(theirs, mangled);
            // X25519 ignores the top bit of a point, but the hash does not
            assertEquals(null, read, "bit " + i);
        }
        for (int i = 0; i < 8 * ciphertext(1).length; i++) {
            SymmetricState theirs = state();
            readFirst(theirs, ciphertext(0));
            assertEquals(null, readSecond(theirs, flip(ciphertext(1), i)), "bit " + i);
        }
    }

    @Test
    void splitsIntoTheTransportKeysOfThePublishedMessages() {
        SymmetricState ours = state();
        writeFirst(ours);
        writeSecond(ours);
        TransportKeys keys = ours.copy().split(true);
        TransportKeys mirrored = ours.split(false);
        assertArrayEquals(keys.sending(), mirrored.receiving());
        assertArrayEquals(keys.receiving(), mirrored.sending());
        Aead fromInitiator = Aeads.chacha20Poly1305(keys.sending());
        Aead fromResponder = Aeads.chacha20Poly1305(keys.receiving());
        for (int i = 2; i < vector.get("messages").size(); i++) {
            Aead aead = i % 2 == 0 ? fromInitiator : fromResponder;
            byte[] payload = payload(i);
            byte[] array = Arrays.copyOf(payload, payload.length + 16);
            assertEquals(array.length, aead.seal(i / 2 - 1, array, 0, payload.length));
            assertArrayEquals(ciphertext(i), array, "message " + i);
        }
    }

    /** The pattern's first line: e, es, s, ss. */
    private byte[] writeFirst(SymmetricState state) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] ephemeral = initiatorEphemeral.publicKey().bytes();
        out.writeBytes(ephemeral);
        state.mixHash(ephemeral);
        state.mixKey(ephemeral);
        byte[] es = state.mixKeyAndDerive(dh(initiatorEphemeral, responder.publicKey()));
        out.writeBytes(state.sealAndHash(es, initiator.publicKey().bytes()));
        byte[] ss = state.mixKeyAndDerive(dh(initiator, responder.publicKey()));
        out.writeBytes(state.sealAndHash(ss, payload(0)));
        return out.toByteArray();
    }

    /** The pattern's second line: e, ee, se, psk. */
    private byte[] writeSecond(SymmetricState state) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] ephemeral = responderEphemeral.publicKey().bytes();
        out.writeBytes(ephemeral);
        state.mixHash(ephemeral);
        state.mixKey(ephemeral);
        state.mixKey(dh(responderEphemeral, initiatorEphemeral.publicKey()));
        state.mixKey(dh(responderEphemeral, initiator.publicKey()));
        out.writeBytes(state.sealAndHash(state.mixPresharedKey(psk()), payload(1)));
        return out.toByteArray();
    }

    private byte @Nullable [] readFirst(SymmetricState state, byte[] message) {
        PublicKey ephemeral = PublicKey.ofBytes(message, 0);
        state.mixHash(ephemeral.bytes());
        state.mixKey(ephemeral.bytes());
        byte[] es = state.mixKeyAndDerive(dh(responder, ephemeral));
        byte[] theirStatic = state.openAndHash(es, Arrays.copyOfRange(message, 32, 80));
        if (theirStatic == null) {
            return null;
        }
        byte[] ss = state.mixKeyAndDerive(dh(responder, PublicKey.ofBytes(theirStatic, 0)));
        return state.openAndHash(ss, Arrays.copyOfRange(message, 80, message.length));
    }

    private byte @Nullable [] readSecond(SymmetricState state, byte[] message) {
        PublicKey ephemeral = PublicKey.ofBytes(message, 0);
        state.mixHash(ephemeral.bytes());
        state.mixKey(ephemeral.bytes());
        state.mixKey(dh(initiatorEphemeral, ephemeral));
        state.mixKey(dh(initiator, ephemeral));
        byte[] sealed = Arrays.copyOfRange(message, 32, message.length);
        return state.openAndHash(state.mixPresharedKey(psk()), sealed);
    }

    private SymmetricState state() {
        return SymmetricState.towards(responder.publicKey(), bytes("init_prologue"));
    }

    private byte[] psk() {
        return Hex.decode(vector.get("init_psks").get(0).asString());
    }

    private byte[] payload(int message) {
        return Hex.decode(vector.get("messages").get(message).get("payload").asString());
    }

    private byte[] ciphertext(int message) {
        return Hex.decode(vector.get("messages").get(message).get("ciphertext").asString());
    }

    private byte[] bytes(String name) {
        return Hex.decode(vector.get(name).asString());
    }

    private static byte[] dh(PrivateKey mine, PublicKey theirs) {
        byte[] shared = new byte[32];
        boolean _ = mine.agree(theirs, shared);
        return shared;
    }

    private static byte[] flip(byte[] array, int bit) {
        array[bit / 8] ^= (byte) (1 << bit % 8);
        return array;
    }
}
