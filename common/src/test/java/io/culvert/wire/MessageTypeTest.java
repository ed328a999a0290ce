package io.culvert.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.culvert.bytes.Hex;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which datagrams are WireGuard messages, and where their fields stand. */
final class MessageTypeTest {
    @Test
    void handshakeMessagesHaveExactlyTheirLength() {
        assertExact(Initiation.TYPE, 148, MessageType.INITIATION);
        assertExact(Response.TYPE, 92, MessageType.RESPONSE);
        assertExact(CookieReply.TYPE, 64, MessageType.COOKIE_REPLY);
    }

    private static void assertExact(int type, int length, MessageType expected) {
        for (int l = 0; l <= 200; l++) {
            assertEquals(l == length ? expected : null, typeOf(type, l), "length " + l);
        }
    }

    @Test
    void transportHasAtLeast32Bytes() {
        for (int l = 0; l < 200; l++) {
            assertEquals(l < 32 ? null : MessageType.TRANSPORT, typeOf(Transport.TYPE, l));
        }
        assertEquals(MessageType.TRANSPORT, typeOf(Transport.TYPE, 65_535));
    }

    @Test
    void anyReservedBitMakesItNothing() {
        for (int bit = 0; bit < 24; bit++) {
            for (int type = 1; type <= 4; type++) {
                byte[] array = new byte[148];
                array[0] = (byte) type;
                array[1 + bit / 8] = (byte) (1 << bit % 8);
                assertNull(MessageType.of(array, 0, lengthOf(type)));
            }
        }
    }

    @Test
    void otherTypesAreNothing() {
        for (int type = -128; type < 128; type++) {
            if (type < 1 || type > 4) {
                byte[] array = new byte[148];
                array[0] = (byte) type;
                for (int length : new int[] {32, 64, 92, 148}) {
                    assertNull(MessageType.of(array, 0, length));
                }
            }
        }
    }

    @Test
    void initiationHeaderIsLittleEndian() {
        byte[] array = new byte[12];
        Initiation.writeHeader(array, 2, 0x01020304);
        assertEquals("0000" + "01000000" + "04030201" + "0000", Hex.encode(array));
        assertEquals(0x01020304, Initiation.sender(array, 2));
    }

    @Test
    void responseHeaderIsLittleEndian() {
        byte[] array = new byte[12];
        Response.writeHeader(array, 0, 0x01020304, -2);
        assertEquals("02000000" + "04030201" + "feffffff", Hex.encode(array));
        assertEquals(0x01020304, Response.sender(array, 0));
        assertEquals(-2, Response.receiver(array, 0));
    }

    @Test
    void cookieReplyHeaderIsLittleEndian() {
        byte[] array = new byte[8];
        CookieReply.writeHeader(array, 0, 0x80000001);
        assertEquals("03000000" + "01000080", Hex.encode(array));
        assertEquals(0x80000001, CookieReply.receiver(array, 0));
    }

    @Test
    void transportHeaderIsLittleEndian() {
        byte[] array = new byte[17];
        Transport.writeHeader(array, 1, 0x0a0b0c0d, 0xfffffffffffffffeL);
        assertEquals("00" + "04000000" + "0d0c0b0a" + "feffffffffffffff", Hex.encode(array));
        assertEquals(0x0a0b0c0d, Transport.receiver(array, 1));
        assertEquals(-2, Transport.counter(array, 1));
    }

    @Test
    void fieldsFillTheMessagesWithoutGaps() {
        assertEquals(Initiation.STATIC, Initiation.EPHEMERAL + 32);
        assertEquals(Initiation.TIMESTAMP, Initiation.STATIC + 48);
        assertEquals(Initiation.MAC1, Initiation.TIMESTAMP + 28);
        assertEquals(Initiation.MAC2, Initiation.MAC1 + 16);
        assertEquals(Initiation.LENGTH, Initiation.MAC2 + 16);
        assertEquals(Response.EMPTY, Response.EPHEMERAL + 32);
        assertEquals(Response.MAC1, Response.EMPTY + 16);
        assertEquals(Response.MAC2, Response.MAC1 + 16);
        assertEquals(Response.LENGTH, Response.MAC2 + 16);
        assertEquals(CookieReply.COOKIE, CookieReply.NONCE + CookieReply.NONCE_LENGTH);
        assertEquals(CookieReply.LENGTH, CookieReply.COOKIE + CookieReply.COOKIE_LENGTH);
    }

    private static @Nullable MessageType typeOf(int type, int length) {
        byte[] array = new byte[length + 8];
        Arrays.fill(array, (byte) 0);
        array[4] = (byte) type;
        return MessageType.of(array, 4, length);
    }

    private static int lengthOf(int type) {
        return switch (type) {
            case Initiation.TYPE -> Initiation.LENGTH;
            case Response.TYPE -> Response.LENGTH;
            case CookieReply.TYPE -> CookieReply.LENGTH;
            default -> 148;
        };
    }
}
