package io.culvert.carrier;

import java.util.UUID;

/**
 * The first capsule each side sends on {@code culvert.1}. Immutable.
 *
 * @param version protocol version, 1
 * @param instance made anew whenever a process starts: a changed one tells of a restart
 * @param features bit set of what the sender understands, 0 for none
 * @param maxMessageBytes the longest WebSocket message that the sender takes
 * @param lane which of the sender's connections this is, from 0, where it may have several
 */
public record Hello(int version, UUID instance, long features, int maxMessageBytes, int lane) {
    /** Feature: transport messages may hold super-packets. */
    public static final long SUPER_PACKETS = 1;

    /**
     * Feature of a client: connections of this instance belong together, one a lane. Of a gateway:
     * it takes them so.
     */
    public static final long LANES = 2;

    /** Of the only connection, or the first. */
    public Hello(int version, UUID instance, long features, int maxMessageBytes) {
        this(version, instance, features, maxMessageBytes, 0);
    }

    /** Whether the sender takes super-packets. */
    public boolean takesSuperPackets() {
        return (features & SUPER_PACKETS) != 0;
    }

    /** Whether the sender joins several connections into one carrier. */
    public boolean hasLanes() {
        return (features & LANES) != 0;
    }
}
