package io.culvert.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When more are accepted, and when not. */
final class ConnectionLimitTest {
    private final List<Boolean> told = new ArrayList<>();
    private final ConnectionLimit limit = new ConnectionLimit(3, 2, told::add);

    /** A connection that comes; whether it stays. */
    private boolean comes() throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            limit.onAccepting(channel);
            if (channel.isOpen()) {
                limit.onAccepted(channel);
                return true;
            }
            limit.onAcceptFailed(channel, new IOException("closed"));
            return false;
        }
    }

    private void come(int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            assertTrue(comes(), "number " + i);
        }
    }

    private void goes() throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            limit.onClosed(channel);
        }
    }

    @Test
    void holdsThoseWhoComeWhileAllPlacesAreTaken() throws IOException {
        come(2);
        assertEquals(List.of(), told);
        assertTrue(comes());
        assertEquals(List.of(false), told);
        assertFalse(comes(), "one that was accepted at the same time");
        goes();
        assertEquals(List.of(false, true), told);
        assertTrue(comes());
    }

    @Test
    void givesThePlacesOfThoseWhoProvedToBePeersToOthers() throws IOException {
        come(3);
        limit.proven(1);
        assertEquals(List.of(false, true), told);
        assertTrue(comes());
        assertFalse(comes());
        limit.proven(0); // its peer is elsewhere now
        goes();
        assertFalse(comes());
        goes();
        assertTrue(comes());
    }

    @Test
    void takesProvenOnesForStrangersBeyondTheirOwnPlaces() throws IOException {
        limit.proven(100);
        come(5);
        assertFalse(comes());
    }

    @Test
    void neverAcceptsAgainOnceItIsStopped() throws IOException {
        come(3);
        limit.stop();
        goes();
        limit.proven(2);
        assertFalse(told.contains(true));
    }
}
