package io.culvert.client.proxy.front;

import io.culvert.client.proxy.splice.LocalAddress;

/** A listener for clients: where it is and what it speaks. Immutable. */
public record Door(LocalAddress at, Speaks speaks) {
    /** The protocols of a listener. */
    public enum Speaks {
        /** SOCKS 5 and 4. */
        SOCKS,
        /** HTTP, and HTTP only. */
        HTTP,
        /** What the client's first byte says. */
        BOTH;

        boolean socks() {
            return this != HTTP;
        }

        boolean http() {
            return this != SOCKS;
        }
    }
}
