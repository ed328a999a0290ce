package io.culvert.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.wire.Initiation;
import io.culvert.wire.MessageType;
import io.culvert.wire.Response;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The handshake with itself: what both ends derive, and what makes either refuse. */
final class HandshakeTest {
    private final SecureRandom random = new SecureRandom();
    private final Ends ends = new Ends(PresharedKey.NONE);

    @Test
    void bothEndsDeriveTheSameKeysCrossed() {
        roundTrip(ends);
    }

    @Test
    void bothEndsDeriveTheSameKeysWithAPresharedKey() {
        roundTrip(new Ends(PresharedKey.generate(random)));
    }

    private static void roundTrip(Ends ends) {
        InitiationSent sent = Objects.requireNonNull(ends.begin());
        assertEquals(Ends.INITIATOR_INDEX, sent.localIndex());
        assertEquals(MessageType.INITIATION, MessageType.of(ends.initiation, 0, Initiation.LENGTH));
        InitiationReceived received =
                Objects.requireNonNull(InitiationReceived.open(ends.responder, ends.initiation, 0));
        assertEquals(ends.initiator.publicKey(), received.claimedStatic());
        assertEquals(Ends.INITIATOR_INDEX, received.remoteIndex());
        assertEquals(Ends.TIMESTAMP, received.authenticate(ends.toInitiator));
        TransportKeys theirs =
                Objects.requireNonNull(
                        received.respond(
                                ends.toInitiator,
                                Ends.RESPONDER_INDEX,
                                ends.random,
                                ends.response));
        assertEquals(MessageType.RESPONSE, MessageType.of(ends.response, 0, Response.LENGTH));
        assertEquals(Ends.RESPONDER_INDEX, Response.sender(ends.response, 0));
        assertEquals(Ends.INITIATOR_INDEX, Response.receiver(ends.response, 0));
        TransportKeys ours = consume(ends, sent, ends.response);
        assertNotNull(ours);
        assertArrayEquals(ours.sending(), theirs.receiving());
        assertArrayEquals(ours.receiving(), theirs.sending());
        assertFalse(Arrays.equals(ours.sending(), ours.receiving()));
    }

    @Test
    void noTwoHandshakesShareAKey() {
        Objects.requireNonNull(ends.begin());
        TransportKeys first = Objects.requireNonNull(ends.answer(ends.initiation));
        Objects.requireNonNull(ends.begin());
        TransportKeys second = Objects.requireNonNull(ends.answer(ends.initiation));
        assertFalse(Arrays.equals(first.sending(), second.sending()));
    }

    @Test
    void refusesAnInitiationWithAnyByteChanged() {
        Objects.requireNonNull(ends.begin());
        byte[] before = ends.initiation.clone();
        for (int i = Initiation.EPHEMERAL; i < Initiation.MAC1; i++) {
            byte[] mangled = before.clone();
            mangled[i] ^= 0x10;
            assertNull(ends.answer(mangled), "byte " + i);
        }
        assertNotNull(ends.answer(before));
    }

    @Test
    void refusesAResponseWithAnyByteChangedAndStillTakesTheRealOne() {
        InitiationSent sent = Objects.requireNonNull(ends.begin());
        TransportKeys theirs = Objects.requireNonNull(ends.answer(ends.initiation));
        for (int i = Response.EPHEMERAL; i < Response.MAC1; i++) {
            byte[] mangled = ends.response.clone();
            mangled[i] ^= 1;
            assertNull(consume(ends, sent, mangled), "byte " + i);
        }
        TransportKeys ours = consume(ends, sent, ends.response);
        assertNotNull(ours);
        assertArrayEquals(theirs.sending(), ours.receiving());
    }

    @Test
    void refusesAnInitiationForSomebodyElse() {
        Objects.requireNonNull(ends.begin());
        LocalIdentity other = new LocalIdentity(PrivateKey.generate(random));
        assertNull(InitiationReceived.open(other, ends.initiation, 0));
    }

    @Test
    void refusesWhoClaimsAKeyThatItDoesNotHold() {
        // Mallory seals Alice's public key, which everybody may know, but lacks Alice's secret.
        LocalIdentity mallory = new LocalIdentity(PrivateKey.generate(random));
        RemoteIdentity target =
                new RemoteIdentity(mallory, ends.responder.publicKey(), PresharedKey.NONE);
        byte[] message = new byte[Initiation.LENGTH];
        InitiationSent.Start start = new InitiationSent.Start(7, Ends.TIMESTAMP);
        assertNotNull(InitiationSent.begin(mallory, target, start, random, message));
        InitiationReceived received = InitiationReceived.open(ends.responder, message, 0);
        assertNotNull(received);
        assertNull(received.authenticate(ends.toInitiator), "authenticated as the wrong peer");
    }

    @Test
    void refusesAResponseMadeWithAnotherPresharedKey() {
        InitiationSent sent = Objects.requireNonNull(ends.begin());
        ends.toInitiator.presharedKey(PresharedKey.generate(random));
        assertNotNull(ends.answer(ends.initiation));
        assertNull(consume(ends, sent, ends.response));
    }

    @Test
    void aNewPresharedKeyIsUsedByTheNextHandshake() {
        PresharedKey psk = PresharedKey.generate(random);
        ends.toInitiator.presharedKey(psk);
        ends.toResponder.presharedKey(psk);
        InitiationSent sent = Objects.requireNonNull(ends.begin());
        assertNotNull(ends.answer(ends.initiation));
        assertNotNull(consume(ends, sent, ends.response));
    }

    @Test
    void aDestroyedIdentityLeavesTheConfiguredPresharedKeyAlone() {
        PresharedKey psk = PresharedKey.generate(random);
        RemoteIdentity first = new RemoteIdentity(ends.initiator, ends.responder.publicKey(), psk);
        first.destroy();
        Ends again = new Ends(psk);
        roundTrip(again);
    }

    @Test
    void refusesEveryLowOrderStaticKeyBeforeAnythingIsSent() {
        for (int i = 0; i < Ends.LOW_ORDER.size(); i++) {
            RemoteIdentity weak =
                    new RemoteIdentity(ends.initiator, Ends.lowOrder(i), PresharedKey.NONE);
            assertFalse(weak.isUsable(), Ends.LOW_ORDER.get(i));
            assertNull(ends.begin(weak), Ends.LOW_ORDER.get(i));
        }
    }

    @Test
    void refusesEveryLowOrderEphemeralInAnInitiation() {
        Objects.requireNonNull(ends.begin());
        for (int i = 0; i < Ends.LOW_ORDER.size(); i++) {
            byte[] message = ends.initiation.clone();
            Ends.lowOrder(i).copyTo(message, Initiation.EPHEMERAL);
            assertNull(InitiationReceived.open(ends.responder, message, 0), Ends.LOW_ORDER.get(i));
        }
    }

    @Test
    void refusesEveryLowOrderEphemeralInAResponseAndStillTakesTheRealOne() {
        InitiationSent sent = Objects.requireNonNull(ends.begin());
        assertNotNull(ends.answer(ends.initiation));
        for (int i = 0; i < Ends.LOW_ORDER.size(); i++) {
            byte[] message = ends.response.clone();
            Ends.lowOrder(i).copyTo(message, Response.EPHEMERAL);
            assertNull(consume(ends, sent, message), Ends.LOW_ORDER.get(i));
        }
        assertNotNull(consume(ends, sent, ends.response));
    }

    @Test
    void nobodyAuthenticatesAsALowOrderPeer() {
        Objects.requireNonNull(ends.begin());
        InitiationReceived received =
                Objects.requireNonNull(InitiationReceived.open(ends.responder, ends.initiation, 0));
        RemoteIdentity weak =
                new RemoteIdentity(ends.responder, Ends.lowOrder(0), PresharedKey.NONE);
        assertNull(received.authenticate(weak));
    }

    @Test
    void aDestroyedHandshakeCannotBeCompleted() {
        InitiationSent sent = Objects.requireNonNull(ends.begin());
        assertNotNull(ends.answer(ends.initiation));
        sent.destroy();
        assertThrows(IllegalStateException.class, () -> consume(ends, sent, ends.response));
    }

    private static @Nullable TransportKeys consume(Ends ends, InitiationSent sent, byte[] message) {
        return sent.consumeResponse(ends.initiator, ends.toResponder, message, 0);
    }
}
