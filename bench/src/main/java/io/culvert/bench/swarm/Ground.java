package io.culvert.bench.swarm;

import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.carrier.WebSocketCarrier;
import io.culvert.client.dial.AddressSource;
import io.culvert.client.dial.DialContext;
import io.culvert.client.dial.DialSettings;
import io.culvert.client.dial.WebSocketDialer;
import io.culvert.client.loop.NettyLoop;
import io.culvert.client.tls.ClientTls;
import io.culvert.client.tls.Trust;
import io.culvert.config.Pin;
import io.culvert.door.Knock;
import io.culvert.libc.BootTimeClock;
import io.culvert.stats.Drops;
import io.culvert.time.MonotonicClock;
import io.culvert.time.WallClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the tunnels of a swarm share: the loop, the keys, where the gateway is. The gateway stands
 * at several addresses, as routes lead to each of them from another of ours: to it we are many.
 * Confined to the loop.
 */
final class Ground {
    /** The round of the echo that shows that a tunnel is up. */
    static final int FIRST = 0;

    private final NettyLoop loop;
    private final SwarmFiles files;
    private final Target target;
    private final MonotonicClock clock = new BootTimeClock();
    private final WallClock wall = WallClock.system();
    private final SecureRandom random = new SecureRandom();
    private final Hello hello =
            new Hello(
                    1,
                    UUID.randomUUID(),
                    Hello.SUPER_PACKETS,
                    WebSocketCarrier.LARGEST_MESSAGE_BYTES);
    private final DialContext context;
    private final Supplier<String> knock;
    private Tally tally = new Tally(FIRST);
    private long attempts;

    /**
     * Where the gateway is.
     *
     * @param net the first of its addresses, whose last byte is 0: those from 1 on are used
     * @param addresses how many
     * @param port for UDP; the others are at 443
     * @param pin what its certificate must show; null to go by UDP
     */
    record Target(InetAddress net, int addresses, int port, @Nullable Pin pin) {
        InetAddress address(int number) {
            byte[] bytes = net.getAddress();
            bytes[bytes.length - 1] = (byte) (1 + number % addresses);
            try {
                return InetAddress.getByAddress(bytes);
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    Ground(NettyLoop loop, SwarmFiles files, Target target) {
        this.loop = loop;
        this.files = files;
        this.target = target;
        AddressSource literal =
                new AddressSource() {
                    @Override
                    public List<InetAddress> lookup(String host) {
                        return known(host);
                    }

                    @Override
                    public List<InetAddress> known(String host) {
                        return List.of(InetAddress.ofLiteral(host));
                    }
                };
        Executor nobody = Runnable::run;
        this.context =
                new DialContext(
                        new Drops(),
                        clock::nowNs,
                        wall::now,
                        random,
                        literal,
                        nobody,
                        ClientTls.Provider.best());
        byte[] key = files.gateway().bytes();
        this.knock =
                () -> {
                    attempts++;
                    return Knock.make(key, wall.now().getEpochSecond());
                };
    }

    WebSocketDialer dialer(int number, CarrierListener listener) {
        Pin pin = target.pin();
        if (pin == null) {
            throw new IllegalStateException("this swarm goes by UDP");
        }
        URI url = URI.create("wss://" + target.address(number).getHostAddress() + "/connect");
        DialSettings settings =
                new DialSettings(
                        url,
                        new Trust.Pins(List.of(pin)),
                        knock,
                        false,
                        0,
                        hello,
                        DialSettings.CONNECT_TIMEOUT_MS);
        return new WebSocketDialer(settings, loop, listener, context);
    }

    boolean isUdp() {
        return target.pin() == null;
    }

    InetSocketAddress udp(int number) {
        return new InetSocketAddress(target.address(number), target.port());
    }

    NettyLoop loop() {
        return loop;
    }

    SwarmFiles files() {
        return files;
    }

    WallClock wall() {
        return wall;
    }

    SecureRandom random() {
        return random;
    }

    long nowNs() {
        return clock.nowNs();
    }

    /** Attempts to connect, so far. */
    long attempts() {
        return attempts;
    }

    /** Begins to count the echoes of a new measurement. */
    Tally newTally() {
        tally = new Tally(tally.round + 1 & 0xffff);
        return tally;
    }

    void onAnswer(int round, long afterNs) {
        if (round == tally.round) {
            tally.onAnswer(afterNs);
        }
    }
}
