package io.culvert.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireTest {
    private static final String SYN =
            "12:00:00.000001 IP 192.0.2.2.40000 > 192.0.2.1.443: Flags [S], seq 1, length 0\n";
    private static final String HELLO =
            "12:00:00.000002 IP 192.0.2.2.40000 > 192.0.2.1.443: Flags [P.], seq 1:518\n";
    private static final String STRANGER =
            "12:00:00.000003 IP 192.0.2.2.5000 > 192.0.2.53.53: 1+ A? example.com. (29)\n";
    private static final String END =
            "2 packets captured\n2 packets received by filter\n0 packets dropped by kernel\n";

    @Test
    void oneConnectionWithItsHandshakeIsOnlyTls() throws IOException {
        Wire.Seen seen = Wire.read("listening on eth0\n" + SYN + HELLO + END);

        assertEquals(new Wire.Seen(1, 1, List.of(), 0), seen);
        assertTrue(seen.isOnlyTls());
    }

    @Test
    void anythingElseOnTheWireIsNamed() throws IOException {
        Wire.Seen seen = Wire.read(SYN + HELLO + STRANGER + END);

        assertEquals(List.of(STRANGER.strip()), seen.strangers());
        assertFalse(seen.isOnlyTls());
    }

    @Test
    void connectionWithoutHandshakeIsNoTls() throws IOException {
        assertFalse(Wire.read(SYN + END).isOnlyTls());
    }

    @Test
    void nothingAtAllProvesNothing() throws IOException {
        assertFalse(Wire.read(END).isOnlyTls());
    }

    @Test
    void packetsThatTcpdumpLostProveNothing() throws IOException {
        String lossy = END.replace("0 packets dropped", "7 packets dropped");

        Wire.Seen seen = Wire.read(SYN + HELLO + lossy);

        assertEquals(7, seen.lost());
        assertFalse(seen.isOnlyTls());
    }

    @Test
    void outputWithoutCountsIsAFailure() {
        assertThrows(IOException.class, () -> Wire.read(SYN + HELLO));
    }
}
