package io.culvert.client.proxy.dns;

import io.culvert.client.proxy.InsideAddress;
import io.culvert.ip.IpAddress;
import io.culvert.loop.EventLoop;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One question under way. Each server is asked in turn and all of them twice, the second time with
 * more patience; where a response is truncated, the same server over TCP. Confined to the loop.
 */
public final class Exchange implements Attempt.Outcome {
    private static final int ROUNDS = 2;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int PORT = 53;
    private static final int LAST_ID = 0xffff;

    /** How to ask. */
    public enum Way {
        /** Over UDP; a truncated response is given as it is. */
        UDP,
        /** Over UDP, and again over TCP when the response is truncated. */
        UDP_THEN_TCP,
        /** Over TCP. */
        TCP
    }

    /** Told how it ends: one of the two, once, unless it is cancelled. */
    public interface Waiter {
        /** The response; its id is of no meaning. The array is the callee's. */
        void onResponse(byte[] response);

        /** No server gave one. */
        void onSilence();
    }

    private final DnsServers servers;
    private final byte[] query;
    private final Way way;
    private final Waiter waiter;
    private final EventLoop.Timer timer;
    private int asked;
    private boolean isOver;

    /** Null while no server is asked. */
    private @Nullable Attempt attempt;

    /** A failure that a server answered, given when no other does better; null before. */
    private byte @Nullable [] failure;

    Exchange(DnsServers servers, byte[] query, Way way, Waiter waiter) {
        this.servers = servers;
        this.query = query.clone();
        this.way = way;
        this.waiter = waiter;
        this.timer = servers.loop().timer(this::askNext);
    }

    void startUnlessCancelled() {
        if (!isOver) {
            askNext();
        }
    }

    /** Ends the exchange without a word. A second call does nothing. */
    public void cancel() {
        if (!isOver) {
            isOver = true;
            timer.cancel();
            endAttempt();
            servers.remove(this);
        }
    }

    private void askNext() {
        endAttempt();
        int count = servers.addresses().size();
        if (asked >= ROUNDS * count) {
            end();
            return;
        }
        int round = asked / count;
        asked++;
        ask(way == Way.TCP, PATIENCE_NS << round);
    }

    private void ask(boolean viaTcp, long patienceNs) {
        DnsLayout.setId(query, servers.random().nextInt(LAST_ID + 1));
        InsideAddress server = lastAsked();
        Attempt next =
                viaTcp ? new TcpAttempt(server, query, this) : new UdpAttempt(server, query, this);
        attempt = next;
        // without room the wait is the same: there may be some by then
        boolean isAsked = next.start(servers.inside());
        timer.arm(isAsked ? patienceNs : PATIENCE_NS / 2);
    }

    private InsideAddress lastAsked() {
        List<IpAddress> all = servers.addresses();
        return new InsideAddress(all.get((asked - 1) % all.size()), PORT);
    }

    @Override
    public void onResponse(byte[] response) {
        boolean wasTcp = attempt instanceof TcpAttempt;
        endAttempt();
        if (DnsLayout.isTruncated(response) && way == Way.UDP_THEN_TCP && !wasTcp) {
            ask(true, 2 * PATIENCE_NS);
            return;
        }
        int code = DnsLayout.code(response);
        if (code == DnsLayout.NO_ERROR || code == DnsLayout.NO_SUCH_NAME) {
            finish(response);
            return;
        }
        failure = response;
        askNext();
    }

    @Override
    public void onStrange() {
        servers.countStrange();
    }

    @Override
    public void onFailed() {
        askNext();
    }

    private void end() {
        if (failure != null) {
            finish(failure);
            return;
        }
        cancel();
        waiter.onSilence();
    }

    private void finish(byte[] response) {
        cancel();
        waiter.onResponse(response);
    }

    private void endAttempt() {
        if (attempt != null) {
            attempt.close();
            attempt = null;
        }
    }
}
