package io.culvert.client.proxy.front;

/**
 * A listener that is up. Immutable.
 *
 * @param purpose what it is for: {@code socks}, {@code http}, {@code dns} or the forward's option
 * @param address where it listens, with the port that it got
 */
public record OpenDoor(String purpose, String address) {}
