package io.culvert.client.proxy.front;

import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.splice.Clients;
import io.netty.channel.Channel;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The connections of local clients, at most so many: some more than flows, so that who comes to a
 * full table can still be told. Confined to the loop.
 */
final class Connections {
    private static final int SPARE = 256;

    private final int most;
    private final Garbage garbage;
    private final Set<Channel> open = Collections.newSetFromMap(new IdentityHashMap<>());

    Connections(int mostFlows, Garbage garbage) {
        this.most = mostFlows + SPARE;
        this.garbage = garbage;
    }

    /** Counts a connection in; false when there are too many, and then it is closed. */
    boolean admit(Channel channel) {
        if (open.size() >= most) {
            garbage.count(Garbage.Kind.TOO_MANY);
            Clients.reset(channel);
            return false;
        }
        open.add(channel);
        channel.closeFuture().addListener(_ -> open.remove(channel));
        return true;
    }

    int size() {
        return open.size();
    }

    /** Resets all of them. */
    void close() {
        List.copyOf(open).forEach(Clients::reset);
    }
}
