package io.culvert.bench;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.noise.CookieChecker;
import io.culvert.noise.CookieGenerator;
import io.culvert.noise.InitiationReceived;
import io.culvert.noise.InitiationSent;
import io.culvert.noise.LocalIdentity;
import io.culvert.noise.RemoteIdentity;
import io.culvert.noise.TransportKeys;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.wire.Initiation;
import io.culvert.wire.Response;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What an initiation costs, step by step. Each has its own state. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandshakeBenchmark {
    private static final CookieChecker.Source SOURCE = new CookieChecker.Source(new byte[6], 1);

    private final SecureRandom random = new SecureRandom();
    private final LocalIdentity ours = new LocalIdentity(PrivateKey.generate(random));
    private final LocalIdentity theirs = new LocalIdentity(PrivateKey.generate(random));
    private final RemoteIdentity us =
            new RemoteIdentity(theirs, ours.publicKey(), PresharedKey.NONE);
    private final RemoteIdentity them =
            new RemoteIdentity(ours, theirs.publicKey(), PresharedKey.NONE);
    private final CookieChecker cookies = new CookieChecker(ours, random);
    private final byte[] message = new byte[Initiation.LENGTH];

    /** A peer's initiation; a cookie was given out. */
    public HandshakeBenchmark() {
        TimestampSource timestamps = new TimestampSource(WallClock.system());
        var start = new InitiationSent.Start(1, timestamps.next());
        InitiationSent.begin(theirs, us, start, random, message);
        new CookieGenerator(us).addMacs(message, message.length, 0);
        cookies.reply(message, 0, message.length, SOURCE);
    }

    /** Of every handshake message. */
    @Benchmark
    public boolean mac1() {
        return cookies.checkMac1(message, 0, message.length);
    }

    /** Of every one under load. */
    @Benchmark
    public boolean mac2() {
        return cookies.checkMac2(message, 0, message.length, SOURCE);
    }

    /** To every one under load that has no cookie. */
    @Benchmark
    public byte[] cookieReply() {
        return cookies.reply(message, 0, message.length, SOURCE);
    }

    /** Of what passed. */
    @Benchmark
    public InitiationReceived examine() {
        return Objects.requireNonNull(InitiationReceived.open(ours, message, 0));
    }

    /** The whole answer to a peer, the examination included. */
    @Benchmark
    public TransportKeys answer() {
        InitiationReceived received = examine();
        Objects.requireNonNull(received.authenticate(them));
        byte[] response = new byte[Response.LENGTH];
        return Objects.requireNonNull(received.respond(them, 2, random, response));
    }
}
