package io.culvert.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.Aeads;
import io.culvert.wire.Transport;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A key pair at work: limits of age and count, and what opens only once. */
final class SessionTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long BORN_NS = -7 * SECOND_NS;

    private final Session ours = session(1, 2, true, (byte) 11, (byte) 22);
    private final Session theirs = session(2, 1, false, (byte) 22, (byte) 11);

    @Test
    void opensWhatTheOtherEndSealed() {
        byte[] plain = new byte[96];
        new Random(1).nextBytes(plain);
        byte[] message = seal(plain);
        assertEquals(2, Transport.receiver(message, 0));
        assertEquals(0, Transport.counter(message, 0));
        assertEquals(plain.length, theirs.open(message, 0, message.length));
        int content = Transport.CONTENT;
        assertArrayEquals(plain, Arrays.copyOfRange(message, content, content + plain.length));
    }

    @Test
    void worksInPlaceAtAnyOffset() {
        byte[] array = new byte[300];
        int length = ours.seal(array, 41, 64);
        assertEquals(64 + Transport.OVERHEAD, length);
        assertEquals(64, theirs.open(array, 41, length));
    }

    @Test
    void aKeepaliveIs32BytesAndOpensToNothing() {
        byte[] message = seal(new byte[0]);
        assertEquals(32, message.length);
        assertEquals(0, theirs.open(message, 0, message.length));
    }

    @Test
    void countersRiseByOne() {
        for (long counter = 0; counter < 100; counter++) {
            assertEquals(counter, Transport.counter(seal(new byte[16]), 0));
        }
    }

    @Test
    void aReplayIsToldApartFromAForgery() {
        byte[] message = seal(new byte[16]);
        assertEquals(16, theirs.open(message.clone(), 0, message.length));
        assertEquals(Session.REPLAYED, theirs.open(message.clone(), 0, message.length));
        message[20] ^= 1;
        assertEquals(Session.REFUSED, theirs.open(message, 0, message.length));
    }

    @Test
    void everyMangledByteIsRefusedAndLeavesTheMessageGood() {
        byte[] message = seal(new byte[32]);
        for (int i = 8; i < message.length; i++) {
            byte[] mangled = message.clone();
            mangled[i] ^= 0x40;
            assertEquals(Session.REFUSED, theirs.open(mangled, 0, mangled.length), "byte " + i);
        }
        assertEquals(32, theirs.open(message, 0, message.length));
    }

    @Test
    void aForgedCounterNeverMovesTheWindow() {
        byte[] first = seal(new byte[16]);
        byte[] forged = seal(new byte[16]);
        Transport.writeHeader(forged, 0, 2, 1L << 50);
        assertEquals(Session.REFUSED, theirs.open(forged, 0, forged.length));
        assertEquals(16, theirs.open(first, 0, first.length), "the window had moved");
    }

    @Test
    void aMessageOfOurOwnDoesNotOpen() {
        byte[] message = seal(new byte[16]);
        assertEquals(Session.REFUSED, ours.open(message, 0, message.length));
    }

    @Test
    void counts64BitsUnsigned() {
        ours.skipTo(Long.MAX_VALUE);
        for (long counter = Long.MAX_VALUE, i = 0; i < 3; counter++, i++) {
            assertTrue(ours.canSeal(BORN_NS));
            byte[] message = seal(new byte[16]);
            assertEquals(counter, Transport.counter(message, 0));
            assertEquals(16, theirs.open(message, 0, message.length));
        }
    }

    @Test
    void rejectAfterMessagesIsEnforcedOnSending() {
        assertEquals("18446744073709543423", Long.toUnsignedString(Session.REJECT_AFTER_MESSAGES));
        ours.skipTo(Session.REJECT_AFTER_MESSAGES - 1);
        assertTrue(ours.canSeal(BORN_NS));
        byte[] last = seal(new byte[16]);
        assertEquals(16, theirs.open(last, 0, last.length));
        assertFalse(ours.canSeal(BORN_NS));
    }

    @Test
    void rejectAfterMessagesIsEnforcedOnReceiving() {
        for (long counter : new long[] {Session.REJECT_AFTER_MESSAGES, -8000, -1}) {
            ours.skipTo(counter);
            byte[] message = seal(new byte[16]);
            assertEquals(Session.REFUSED, theirs.open(message, 0, message.length));
        }
        byte[] low = sealAt(3);
        assertEquals(16, theirs.open(low, 0, low.length), "the window had moved");
    }

    @Test
    void rekeyAfterMessagesConcernsBothEnds() {
        for (Session session : new Session[] {ours, theirs}) {
            session.skipTo(Session.REKEY_AFTER_MESSAGES);
            assertFalse(session.wantsRekeyOnSend(BORN_NS));
            session.skipTo(Session.REKEY_AFTER_MESSAGES + 1);
            assertTrue(session.wantsRekeyOnSend(BORN_NS));
            session.skipTo(Session.REJECT_AFTER_MESSAGES);
            assertTrue(session.wantsRekeyOnSend(BORN_NS));
        }
    }

    @Test
    void onlyTheInitiatorWantsNewKeysForAge() {
        long justBefore = BORN_NS + Session.REKEY_AFTER_NS - 1;
        assertFalse(ours.wantsRekeyOnSend(justBefore));
        assertTrue(ours.wantsRekeyOnSend(justBefore + 1));
        assertFalse(theirs.wantsRekeyOnSend(BORN_NS + Session.REJECT_AFTER_NS));
    }

    @Test
    void diesAt180SecondsToTheNanosecond() {
        assertEquals(180 * SECOND_NS, Session.REJECT_AFTER_NS);
        long justBefore = BORN_NS + Session.REJECT_AFTER_NS - 1;
        assertFalse(ours.isExpired(justBefore));
        assertTrue(ours.canSeal(justBefore));
        assertTrue(ours.isExpired(justBefore + 1));
        assertFalse(ours.canSeal(justBefore + 1));
    }

    @Test
    void ageSurvivesAWrappingClock() {
        long born = Long.MAX_VALUE - 5;
        Session session =
                new Session(
                        new Session.Indices(1, 2),
                        true,
                        born,
                        Aeads.chacha20Poly1305(new byte[32]),
                        Aeads.chacha20Poly1305(new byte[32]));
        assertEquals(10, session.ageNs(born + 10));
        assertFalse(session.isExpired(born + 10));
        assertTrue(session.isExpired(born + Session.REJECT_AFTER_NS));
    }

    @Test
    void aDestroyedSessionIsExpiredAndItsKeysAreGone() {
        byte[] message = seal(new byte[16]);
        ours.destroy();
        ours.destroy();
        theirs.destroy();
        assertTrue(ours.isExpired(BORN_NS));
        assertFalse(ours.canSeal(BORN_NS));
        assertThrows(IllegalStateException.class, () -> theirs.open(message, 0, message.length));
    }

    @Test
    void showsItsIndexAndNothingElse() {
        assertEquals("Session[01000000]", ours.toString());
        assertEquals(1, ours.localIndex());
        assertTrue(ours.isInitiator());
        assertFalse(theirs.isInitiator());
    }

    private byte[] sealAt(long counter) {
        ours.skipTo(counter);
        return seal(new byte[16]);
    }

    private byte[] seal(byte[] plain) {
        byte[] array = new byte[Transport.OVERHEAD + plain.length];
        System.arraycopy(plain, 0, array, Transport.CONTENT, plain.length);
        assertEquals(array.length, ours.seal(array, 0, plain.length));
        return array;
    }

    private static Session session(
            int local, int remote, boolean initiator, byte sending, byte receiving) {
        byte[] sendingKey = new byte[32];
        byte[] receivingKey = new byte[32];
        Arrays.fill(sendingKey, sending);
        Arrays.fill(receivingKey, receiving);
        return new Session(
                new Session.Indices(local, remote),
                initiator,
                BORN_NS,
                Aeads.chacha20Poly1305(sendingKey),
                Aeads.chacha20Poly1305(receivingKey));
    }
}
