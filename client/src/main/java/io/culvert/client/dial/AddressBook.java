package io.culvert.client.dial;

import io.culvert.client.dial.DialFailure.Stage;
import io.culvert.loop.EventLoop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A host's addresses as last resolved. They are kept when a later lookup fails: with a full tunnel
 * the resolver may stand inside it. Confined to the loop; lookups run elsewhere, at most one at a
 * time.
 */
public final class AddressBook {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(5);

    private final String host;
    private final AddressSource source;
    private final EventLoop loop;
    private final Executor lookups;
    private final EventLoop.Timer patience;
    private List<InetAddress> addresses;
    private boolean isLookingUp;

    /** What waits for the lookup; null while nothing does. */
    private @Nullable Runnable waiting;

    /** A book that begins with what the source knows without a look-up. */
    public AddressBook(String host, AddressSource source, EventLoop loop, Executor lookups) {
        this.host = host;
        this.source = source;
        this.loop = loop;
        this.lookups = lookups;
        this.patience = loop.timer(this::proceed);
        this.addresses = source.known(host);
    }

    /** In the order of their source; empty while none was ever found. */
    public List<InetAddress> addresses() {
        return addresses;
    }

    /** What to tell when there are no addresses. */
    DialFailure failure() {
        return new DialFailure(
                Stage.RESOLVE,
                "cannot resolve " + host + ": is the name right, and is this machine online?");
    }

    /** Looks the name up, and runs {@code next} on the loop when that ended or takes too long. */
    public void refresh(Runnable next) {
        waiting = next;
        patience.arm(PATIENCE_NS);
        if (!isLookingUp) {
            isLookingUp = true;
            lookups.execute(this::lookUp);
        }
    }

    /** Forgets who waits. */
    public void forget() {
        waiting = null;
        patience.cancel();
    }

    private void lookUp() {
        List<InetAddress> found = List.of();
        try {
            found = source.lookup(host);
        } catch (UnknownHostException ignored) { // an empty list says it
        }
        List<InetAddress> answer = found;
        try {
            loop.execute(() -> onAnswer(answer));
        } catch (RejectedExecutionException ignored) { // the loop ended meanwhile
        }
    }

    private void onAnswer(List<InetAddress> found) {
        isLookingUp = false;
        if (!found.isEmpty()) {
            addresses = found;
        }
        proceed();
    }

    private void proceed() {
        Runnable next = waiting;
        forget();
        if (next != null) {
            next.run();
        }
    }
}
