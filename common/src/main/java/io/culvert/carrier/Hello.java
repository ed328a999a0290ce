package io.culvert.carrier;

import java.util.UUID;

/**
 * The first capsule each side sends on {@code culvert.1}. Immutable.
 *
 * @param version protocol version, 1
 * @param instance made anew whenever a process starts: a changed one tells of a restart
 * @param features bit set of what the sender understands, 0 for none
 * @param maxMessageBytes the longest WebSocket message that the sender takes
 */
public record Hello(int version, UUID instance, long features, int maxMessageBytes) {
    /** Feature: transport messages may hold super-packets. */
    public static final long SUPER_PACKETS = 1;

    /** Whether the sender takes super-packets. */
    public boolean takesSuperPackets() {
        return (features & SUPER_PACKETS) != 0;
    }
}
