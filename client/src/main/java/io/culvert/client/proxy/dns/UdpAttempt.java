package io.culvert.client.proxy.dns;

import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideUdp;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A server asked once over UDP, from a port of its own. Confined to the loop. */
final class UdpAttempt implements Attempt, InsideUdp.Listener {
    private final InsideAddress server;
    private final byte[] query;
    private final Outcome outcome;

    /** Null before start, and where the stack has no room. */
    private @Nullable InsideUdp socket;

    UdpAttempt(InsideAddress server, byte[] query, Outcome outcome) {
        this.server = server;
        this.query = query;
        this.outcome = outcome;
    }

    @Override
    public boolean start(Inside inside) {
        InsideUdp opened = inside.openUdp(this);
        socket = opened;
        if (opened == null) {
            return false;
        }
        opened.send(server, query, 0, query.length);
        return true;
    }

    @Override
    public void onDatagram(InsideAddress from, byte[] array, int offset, int length) {
        byte[] message = Arrays.copyOfRange(array, offset, offset + length);
        if (from.equals(server) && DnsLayout.isResponseTo(query, message)) {
            outcome.onResponse(message);
        } else {
            outcome.onStrange(); // a forged one must not end the wait for the true one
        }
    }

    @Override
    public void onUnreachable(InsideAddress to) {
        if (to.equals(server)) {
            outcome.onFailed();
        }
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.close();
        }
    }
}
