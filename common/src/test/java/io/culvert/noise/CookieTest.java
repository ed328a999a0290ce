package io.culvert.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import io.culvert.noise.CookieChecker.Source;
import io.culvert.wire.CookieReply;
import io.culvert.wire.Initiation;
import io.culvert.wire.MessageType;
import io.culvert.wire.Response;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** mac1, mac2 and cookies between an initiator and a responder under load (paper §5.4.4, 5.4.7). */
final class CookieTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final byte[] ADDRESS = {(byte) 192, 0, 2, 1, (byte) 0xca, 0x6c};
    private static final byte[] OTHER_PORT = {(byte) 192, 0, 2, 1, (byte) 0xca, 0x6d};
    private static final byte[] OTHER_HOST = {(byte) 192, 0, 2, 2, (byte) 0xca, 0x6c};

    private final Ends ends = new Ends(PresharedKey.NONE);
    private final CookieGenerator generator = new CookieGenerator(ends.toResponder);
    private final CookieChecker checker = new CookieChecker(ends.responder, ends.random);

    // negative, as a monotonic clock may well be
    private long nowNs = -1000 * SECOND_NS;

    @Test
    void mac1IsRightForItsReceiverOnly() {
        byte[] message = initiation();
        assertTrue(checker.checkMac1(message, 0, message.length));
        CookieChecker other = new CookieChecker(ends.initiator, ends.random);
        assertFalse(other.checkMac1(message, 0, message.length));
    }

    @Test
    void mac1CoversEveryByteBeforeIt() {
        byte[] message = initiation();
        for (int i = 0; i < Initiation.MAC2; i++) {
            byte[] mangled = message.clone();
            mangled[i] ^= 1;
            assertFalse(checker.checkMac1(mangled, 0, mangled.length), "byte " + i);
        }
    }

    @Test
    void macsStandRightAlsoAtAnOffset() {
        byte[] message = initiation();
        byte[] shifted = new byte[message.length + 40];
        System.arraycopy(message, 0, shifted, 17, message.length);
        assertTrue(checker.checkMac1(shifted, 17, message.length));
        assertTrue(consume(checker.reply(shifted, 17, message.length, at(ADDRESS))));
        byte[] next = initiation();
        System.arraycopy(next, 0, shifted, 17, next.length);
        assertTrue(checker.checkMac2(shifted, 17, next.length, at(ADDRESS)));
    }

    @Test
    void mac2IsZeroWithoutACookie() {
        byte[] message = initiation();
        for (int i = Initiation.MAC2; i < message.length; i++) {
            assertEquals(0, message[i]);
        }
        assertFalse(checker.checkMac2(message, 0, message.length, at(ADDRESS)));
    }

    @Test
    void zeroMac2IsNotRightOnceThereIsASecret() {
        byte[] message = initiation();
        checker.reply(message, 0, message.length, at(ADDRESS));
        assertFalse(checker.checkMac2(message, 0, message.length, at(ADDRESS)));
    }

    @Test
    void aCookieMakesTheNextMac2Right() {
        byte[] reply = replyTo(initiation());
        assertEquals(MessageType.COOKIE_REPLY, MessageType.of(reply, 0, reply.length));
        assertEquals(Ends.INITIATOR_INDEX, CookieReply.receiver(reply, 0));
        assertTrue(consume(reply));
        byte[] next = initiation();
        assertTrue(checker.checkMac1(next, 0, next.length));
        assertTrue(checker.checkMac2(next, 0, next.length, at(ADDRESS)));
    }

    @Test
    void aCookieWorksForResponsesToo() {
        assertTrue(consume(replyTo(response())));
        byte[] next = response();
        assertTrue(checker.checkMac2(next, 0, next.length, at(ADDRESS)));
    }

    @Test
    void cookieIncludesPort() {
        assertTrue(consume(replyTo(initiation())));
        byte[] next = initiation();
        assertFalse(checker.checkMac2(next, 0, next.length, at(OTHER_PORT)));
        assertFalse(checker.checkMac2(next, 0, next.length, at(OTHER_HOST)));
        assertTrue(checker.checkMac2(next, 0, next.length, at(ADDRESS)));
    }

    @Test
    void mac2CoversEveryByteBeforeIt() {
        assertTrue(consume(replyTo(initiation())));
        byte[] message = initiation();
        for (int i = 0; i < message.length; i++) {
            byte[] mangled = message.clone();
            mangled[i] ^= 1;
            assertFalse(checker.checkMac2(mangled, 0, mangled.length, at(ADDRESS)), "byte " + i);
        }
    }

    @Test
    void theSecretDiesAfterTwoMinutesAndItsCookiesWithIt() {
        assertTrue(consume(replyTo(initiation())));
        byte[] message = initiation();
        nowNs += CookieChecker.SECRET_LIFE_NS - 1;
        assertTrue(checker.checkMac2(message, 0, message.length, at(ADDRESS)));
        nowNs += 1;
        assertFalse(checker.checkMac2(message, 0, message.length, at(ADDRESS)));
        replyTo(message); // rotates
        assertFalse(checker.checkMac2(message, 0, message.length, at(ADDRESS)));
    }

    @Test
    void aReplyWithinTheTwoMinutesKeepsTheSecret() {
        assertTrue(consume(replyTo(initiation())));
        byte[] message = initiation();
        nowNs += CookieChecker.SECRET_LIFE_NS - 1;
        replyTo(message);
        assertTrue(checker.checkMac2(message, 0, message.length, at(ADDRESS)));
    }

    @Test
    void aCookieIsUsedFor115Seconds() {
        assertTrue(consume(replyTo(initiation())));
        nowNs += 115 * SECOND_NS - 1;
        assertFalse(hasZeroMac2(initiation()));
        nowNs += 1;
        assertTrue(hasZeroMac2(initiation()));
    }

    @Test
    void aReplyIsTakenOnceForEachSentMac1() {
        byte[] message = initiation();
        byte[] reply = replyTo(message);
        assertTrue(consume(reply));
        assertFalse(consume(reply));
        assertFalse(consume(replyTo(message)));
    }

    @Test
    void aReplyToAnEarlierMessageIsRefused() {
        byte[] old = replyTo(initiation());
        initiation();
        assertFalse(consume(old));
    }

    @Test
    void aReplyBeforeAnythingWasSentIsRefused() {
        CookieGenerator silent = new CookieGenerator(ends.toResponder);
        assertFalse(silent.consumeReply(replyTo(initiation()), 0, nowNs));
    }

    @Test
    void aMangledReplyIsRefusedAndTheRealOneStillTaken() {
        byte[] reply = replyTo(initiation());
        for (int i = CookieReply.NONCE; i < reply.length; i++) {
            byte[] mangled = reply.clone();
            mangled[i] ^= 1;
            assertFalse(consume(mangled), "byte " + i);
        }
        assertTrue(consume(reply));
    }

    @Test
    void noncesOfRepliesDiffer() {
        byte[] message = initiation();
        assertFalse(java.util.Arrays.equals(replyTo(message), replyTo(message)));
    }

    private byte[] initiation() {
        Objects.requireNonNull(ends.begin());
        byte[] message = ends.initiation.clone();
        generator.addMacs(message, message.length, nowNs);
        return message;
    }

    private byte[] response() {
        byte[] message = new byte[Response.LENGTH];
        Response.writeHeader(message, 0, Ends.INITIATOR_INDEX, 9);
        generator.addMacs(message, message.length, nowNs);
        return message;
    }

    private byte[] replyTo(byte[] message) {
        return checker.reply(message, 0, message.length, at(ADDRESS));
    }

    private boolean consume(byte[] reply) {
        return generator.consumeReply(reply, 0, nowNs);
    }

    private Source at(byte[] address) {
        return new Source(address, nowNs);
    }

    private static boolean hasZeroMac2(byte[] message) {
        int bits = 0;
        for (int i = Initiation.MAC2; i < message.length; i++) {
            bits |= message[i];
        }
        return bits == 0;
    }
}
