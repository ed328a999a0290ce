package io.culvert.client.proxy.dns;

import io.culvert.ip.IpAddress;
import java.util.List;

/** What became of a question for a name's addresses of one family. Immutable. */
public sealed interface Answer {
    /**
     * The name has these addresses.
     *
     * @param addresses at least one, in the order of the response
     */
    record Addresses(List<IpAddress> addresses) implements Answer {
        /** Keeps a copy. */
        public Addresses {
            addresses = List.copyOf(addresses);
        }
    }

    /** There is none. */
    record None(Reason reason) implements Answer {}

    /** Why there is no address. */
    enum Reason {
        /** The name does not exist. */
        NO_SUCH_NAME,
        /** The name exists, without an address of this family. */
        NO_ADDRESS,
        /** The servers fail, refuse or speak nonsense; or there are none. */
        SERVERS_FAIL,
        /** No server answers. */
        SILENCE,
        /** More questions are under way than may be. */
        OVERLOADED
    }
}
