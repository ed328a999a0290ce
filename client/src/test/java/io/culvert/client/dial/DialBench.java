package io.culvert.client.dial;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.Hello;
import io.culvert.client.loop.NettyLoop;
import io.culvert.client.testkit.Changes;
import io.culvert.client.testkit.Recorder;
import io.culvert.client.tls.ClientTls;
import io.culvert.client.tls.Trust;
import io.culvert.stats.Drops;
import java.net.InetAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A loop, a dialer on it and a recorder behind it. Confined to the test's thread. */
final class DialBench implements AutoCloseable {
    private final NettyLoop loop;
    private final Recorder recorder = new Recorder();
    private final Random random = new Random(20_261_123);
    private final AtomicInteger lookups = new AtomicInteger();
    private ClientTls.Provider tls = ClientTls.Provider.best();
    private List<InetAddress> addresses = List.of(InetAddress.ofLiteral("127.0.0.1"));
    private int timeoutMs = 5_000;
    private int fwMark;

    private @Nullable String token;
    private @Nullable WebSocketDialer dialer;

    /** With the best transport. */
    public DialBench() {
        this(NettyLoop.Transport.best());
    }

    /** With this transport. */
    public DialBench(NettyLoop.Transport transport) {
        loop = NettyLoop.open(transport);
    }

    /** Sets what opens the door. */
    public DialBench withToken(String newToken) {
        token = newToken;
        return this;
    }

    /** Sets the time limit of an attempt. */
    public DialBench withTimeout(int newTimeoutMs) {
        timeoutMs = newTimeoutMs;
        return this;
    }

    /** Sets the mark. */
    public DialBench withMark(int newMark) {
        fwMark = newMark;
        return this;
    }

    /** Sets whose TLS it is. */
    public DialBench withTls(ClientTls.Provider provider) {
        tls = provider;
        return this;
    }

    /** Sets what every name resolves to. */
    public void resolve(String... literals) {
        addresses = Arrays.stream(literals).map(InetAddress::ofLiteral).toList();
    }

    /** A dialer that is not started. */
    public WebSocketDialer prepare(String url, Trust trust) {
        WebSocketDialer made =
                new WebSocketDialer(
                        settings(url, trust),
                        loop,
                        recorder,
                        new DialContext(
                                new Drops(),
                                System::nanoTime,
                                InstantSource.system(),
                                random,
                                _ -> {
                                    lookups.incrementAndGet();
                                    return addresses;
                                },
                                task -> Thread.ofVirtual().start(task),
                                tls));
        dialer = made;
        return made;
    }

    private DialSettings settings(String url, Trust trust) {
        Hello hello = new Hello(1, new UUID(1, 2), 0, 66_560);
        return new DialSettings(
                URI.create(url), trust, () -> token, false, fwMark, hello, timeoutMs);
    }

    /** A dialer that is started. */
    public WebSocketDialer dial(String url, Trust trust) {
        WebSocketDialer started = prepare(url, trust);
        started.start();
        return started;
    }

    /** Runs one race that must be lost, and says why it was. */
    DialFailure raceInVain(String url, Trust trust) throws Exception {
        DialSettings settings = settings(url, trust);
        CompletableFuture<DialFailure> failure = new CompletableFuture<>();
        try (ClientTls client = ClientTls.open(trust, tls)) {
            DialRace.Outcome outcome =
                    new DialRace.Outcome() {
                        @Override
                        public void onWon(DialAttempt.Upgraded upgraded) {
                            var _ = upgraded.channel().close();
                            failure.completeExceptionally(new AssertionError("won"));
                        }

                        @Override
                        public void onLost(DialFailure why) {
                            failure.complete(why);
                        }
                    };
            loop.execute(() ->
                    new DialRace(loop, new DialPlan(settings, client, random), outcome)
                            .start(addresses));
            return failure.get(10, TimeUnit.SECONDS);
        }
    }

    /** Whether this process may set marks. */
    boolean mayMark() {
        try {
            Sockets.open(loop.transport(), 1).unsafe().closeForcibly();
            return true;
        } catch (DialFailure ignored) { // that is the answer
            return false;
        }
    }

    /** What the dialer told. */
    public Recorder recorder() {
        return recorder;
    }

    /** How often a name was looked up. */
    public int lookups() {
        return lookups.get();
    }

    /** Bytes of a fixed seed. */
    public byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Sends one datagram. */
    public void send(Carrier carrier, byte[] datagram) throws Exception {
        if (!sendIfWritable(carrier, datagram)) {
            throw new AssertionError("not writable");
        }
    }

    /** Sends one datagram, if the carrier takes it; whether it did. */
    public boolean sendIfWritable(Carrier carrier, byte[] datagram)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(() -> {
            boolean isWritable = carrier.isWritable();
            if (isWritable) {
                int at = carrier.reserve(datagram.length);
                System.arraycopy(datagram, 0, carrier.array(), at, datagram.length);
                carrier.commit(datagram.length);
                carrier.flush(System.nanoTime());
            }
            done.complete(isWritable);
        });
        return done.get(10, TimeUnit.SECONDS);
    }

    /** Waits until something at the gateway's end holds, at most 10 s. */
    public void await(BooleanSupplier condition) throws InterruptedException {
        if (!Changes.await(condition)) {
            throw new AssertionError("waited in vain; events so far: " + recorder.events());
        }
    }

    @Override
    public void close() {
        if (dialer != null) {
            dialer.stop();
        }
        loop.close();
    }
}
