package io.culvert.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.noise.CookieGenerator;
import io.culvert.noise.InitiationSent;
import io.culvert.noise.LocalIdentity;
import io.culvert.noise.RemoteIdentity;
import io.culvert.stats.DropReason;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelEffects;
import io.culvert.tunnel.TunnelEvent;
import io.culvert.tunnel.TunnelSetup;
import io.culvert.wire.Initiation;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine whose initiations are examined by a thread; the test is its loop. */
@Timeout(60)
final class HandshakeThreadTest {
    private static final int CALLS = 200;

    private final SecureRandom random = new SecureRandom();
    private final LinkedBlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private final CompletableFuture<Throwable> fault = new CompletableFuture<>();
    private final HandshakeThread thread = HandshakeThread.start(loop::add, fault::complete);
    private final Tunnel<String> tunnel =
            new Tunnel<>(
                    new TunnelSetup<>(
                            identity(),
                            1420,
                            new Silent(),
                            new TimestampSource(WallClock.system()),
                            random,
                            thread));

    private LocalIdentity identity() {
        return new LocalIdentity(PrivateKey.generate(random));
    }

    /** A stranger's initiation with a right mac1. */
    private byte[] initiation() {
        LocalIdentity caller = identity();
        RemoteIdentity callee = new RemoteIdentity(caller, tunnel.publicKey(), PresharedKey.NONE);
        TimestampSource timestamps = new TimestampSource(WallClock.system());
        byte[] message = new byte[Initiation.LENGTH];
        InitiationSent.begin(
                caller, callee, new InitiationSent.Start(1, timestamps.next()), random, message);
        new CookieGenerator(callee).addMacs(message, message.length, 0);
        return message;
    }

    private void collect() {
        while (tunnel.collect(0)) {
            // by turns
        }
    }

    private long dropped() {
        return tunnel.drops().total();
    }

    @Test
    void eachExaminationComesBackOnTheLoop() throws Exception {
        thread.onDone(this::collect);
        byte[] call = initiation();
        for (int i = 0; i < CALLS; i++) {
            tunnel.receive(call, 0, call.length, "stranger", 0);
            if (i % 7 == 0) {
                runOne();
            }
        }
        while (dropped() < CALLS) {
            runOne();
        }
        assertEquals(CALLS, tunnel.drops().of(DropReason.UNKNOWN_PEER));
        thread.close();
        tunnel.destroy();
        assertEquals(null, fault.getNow(null));
    }

    /** What a loop does; a task that never comes is a failure by timeout. */
    private void runOne() throws InterruptedException {
        Runnable task = loop.poll(20, TimeUnit.SECONDS);
        assertTrue(task != null, "the loop was never told; " + dropped() + " are done");
        task.run();
    }

    @Test
    void ourKeyMayBeReplacedWhileItIsInUse() throws Exception {
        thread.onDone(this::collect);
        long sent = 0;
        for (int i = 0; i < 40; i++) {
            byte[] call = initiation();
            for (int j = 0; j < 5; j++) {
                tunnel.receive(call, 0, call.length, "stranger", 0);
                sent++;
            }
            tunnel.identity(identity());
        }
        while (dropped() < sent) {
            runOne();
        }
        thread.close();
        tunnel.destroy();
        assertEquals(null, fault.getNow(null));
    }

    @Test
    void closesInTheMiddleOfWork() {
        thread.onDone(this::collect);
        byte[] call = initiation();
        for (int i = 0; i < CALLS; i++) {
            tunnel.receive(call, 0, call.length, "stranger", 0);
        }
        tunnel.destroy();
        thread.close();
        collect();
        assertEquals(null, fault.getNow(null));
    }

    @Test
    void tellsOfAFault() throws Exception {
        thread.onDone(this::collect);
        HandshakeThread broken =
                HandshakeThread.start(
                        _ -> {
                            throw new IllegalStateException("for the test");
                        },
                        fault::complete);
        broken.onDone(this::collect);
        Tunnel<String> other =
                new Tunnel<>(
                        new TunnelSetup<>(
                                identity(),
                                1420,
                                new Silent(),
                                new TimestampSource(WallClock.system()),
                                random,
                                broken));
        RemoteIdentity callee =
                new RemoteIdentity(tunnel.identity(), other.publicKey(), PresharedKey.NONE);
        byte[] call = initiation();
        new CookieGenerator(callee).addMacs(call, call.length, 0);
        other.receive(call, 0, call.length, "stranger", 0);
        assertInstanceOf(IllegalStateException.class, fault.get(20, TimeUnit.SECONDS));
        broken.close();
        thread.close();
    }

    /** Nothing that is sent matters here. */
    private static final class Silent implements TunnelEffects<String> {
        @Override
        public void send(String to, byte[] array, int offset, int length, int trafficClass) {}

        @Override
        public byte[] source(String endpoint) {
            return new byte[6];
        }

        @Override
        public void on(TunnelEvent<String> event) {}
    }
}
