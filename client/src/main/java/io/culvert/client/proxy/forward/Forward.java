package io.culvert.client.proxy.forward;

import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.ip.IpAddress;
import org.jspecify.annotations.Nullable;

/** A forward, as an option of the command line spells it. Immutable. */
public sealed interface Forward {
    /** Which of the two options. */
    enum Side {
        /** {@code -L}: from this machine into the tunnel. */
        LOCAL("-L"),
        /** {@code -R}: from inside the tunnel to this machine. */
        REMOTE("-R");

        private final String option;

        Side(String option) {
            this.option = option;
        }

        /** As on the command line. */
        public String option() {
            return option;
        }
    }

    /**
     * What comes to a local socket goes to a target inside.
     *
     * @param isUdp datagrams; else connections
     */
    record Local(LocalAddress at, Target to, boolean isUdp) implements Forward {}

    /**
     * What comes to a port inside goes to a socket of this machine.
     *
     * @param at one of the tunnel's addresses; null: all of them
     * @param isUdp datagrams; else connections
     */
    record Remote(@Nullable IpAddress at, int port, LocalAddress to, boolean isUdp)
            implements Forward {}

    /**
     * The forward that the text spells: {@code [address:]port:host:port[/udp]}; a Unix socket may
     * stand for the end that is on this machine.
     *
     * @throws IllegalArgumentException with one line: what, where, remedy
     */
    static Forward parse(Side side, String text) {
        ForwardText parser = new ForwardText(side, text);
        return switch (side) {
            case LOCAL -> parser.local();
            case REMOTE -> parser.remote();
        };
    }
}
