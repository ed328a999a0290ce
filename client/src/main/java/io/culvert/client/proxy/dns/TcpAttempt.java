package io.culvert.client.proxy.dns;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideAddress;
import io.culvert.client.proxy.InsideFlow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A server asked once over TCP, where a message stands behind its length (RFC 1035 §4.2.2).
 * Confined to the loop.
 */
final class TcpAttempt implements Attempt, InsideFlow.Listener {
    private static final int LENGTH_BYTES = 2;
    private static final int FIRST_BYTES = 2_048;

    private final InsideAddress server;
    private final byte[] query;
    private final byte[] framed;
    private final Outcome outcome;
    private int written;
    private byte[] received = new byte[FIRST_BYTES];
    private int length;
    private boolean isOver;

    /** Null before start. */
    private @Nullable InsideFlow flow;

    TcpAttempt(InsideAddress server, byte[] query, Outcome outcome) {
        this.server = server;
        this.query = query;
        this.outcome = outcome;
        this.framed = new byte[LENGTH_BYTES + query.length];
        framed[0] = (byte) (query.length >> 8);
        framed[1] = (byte) query.length;
        System.arraycopy(query, 0, framed, LENGTH_BYTES, query.length);
    }

    @Override
    public boolean start(Inside inside) {
        flow = inside.connect(server, this);
        return true;
    }

    @Override
    public void onConnected() {
        onWritable();
    }

    @Override
    public void onWritable() {
        if (flow != null) {
            written += flow.write(framed, written, framed.length - written);
        }
    }

    @Override
    public void onReadable() {
        while (flow != null && !isOver && flow.available() > 0) {
            if (length == received.length) {
                received = Arrays.copyOf(received, Math.min(2 * length, limitBytes()));
            }
            int limit = Math.min(received.length, limitBytes());
            length += flow.read(received, length, limit - length);
            if (length >= LENGTH_BYTES && length == limitBytes()) {
                deliver();
            }
        }
    }

    /** How much is to come, as far as that is known. */
    private int limitBytes() {
        return length < LENGTH_BYTES
                ? LENGTH_BYTES
                : LENGTH_BYTES + ((received[0] & 0xff) << 8 | (received[1] & 0xff));
    }

    private void deliver() {
        byte[] message = Arrays.copyOfRange(received, LENGTH_BYTES, length);
        isOver = true;
        if (DnsLayout.isResponseTo(query, message)) {
            outcome.onResponse(message);
        } else {
            outcome.onStrange();
            outcome.onFailed();
        }
    }

    @Override
    public void onRemoteEnd() {
        onReadable();
        if (!isOver) {
            isOver = true;
            outcome.onFailed();
        }
    }

    @Override
    public void onClosed(FlowEnd end) {
        if (!isOver) {
            isOver = true;
            outcome.onFailed();
        }
    }

    @Override
    public void close() {
        isOver = true;
        if (flow != null) {
            flow.abort();
            flow = null;
        }
    }
}
