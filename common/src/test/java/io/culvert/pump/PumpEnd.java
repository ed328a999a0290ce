package io.culvert.pump;

import io.culvert.carrier.Carrier;
import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.ip.IpPrefix;
import io.culvert.noise.LocalIdentity;
import io.culvert.stats.DropReason;
import io.culvert.testkit.MemoryCarrier;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.PeerConfig;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelEvent;
import io.culvert.tunnel.TunnelSetup;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** One end: a pump with its inside, its carrier and its loop. */
final class PumpEnd implements PumpWatcher {
    static final int MTU = 1420;

    final LoopDouble loop;
    final MemoryTun tun;
    final MemoryCarrier carrier;
    final Pump pump;
    final List<TunnelEvent<Carrier>> events = new ArrayList<>();
    final List<IOException> insideGone = new ArrayList<>();

    PumpEnd(String remote, LoopDouble loop, MemoryTun tun) {
        this.loop = loop;
        this.tun = tun;
        this.carrier = new MemoryCarrier(remote);
        SecureRandom random = new SecureRandom();
        LocalIdentity identity = new LocalIdentity(PrivateKey.generate(random));
        TimestampSource timestamps = new TimestampSource(WallClock.system());
        this.pump =
                new Pump(
                        new PumpSetup(
                                tun,
                                loop,
                                loop,
                                effects ->
                                        new Tunnel<>(
                                                new TunnelSetup<>(
                                                        identity,
                                                        MTU,
                                                        effects,
                                                        timestamps,
                                                        random)),
                                this));
    }

    /** Knows the other end, which may send from anywhere. */
    void add(PumpEnd other) {
        add(other, "0.0.0.0/0", "::/0");
    }

    /** The same, for these prefixes only. */
    Peer<Carrier> add(PumpEnd other, String... prefixes) {
        PeerConfig config =
                new PeerConfig(
                        other.pump.tunnel().publicKey(),
                        PresharedKey.NONE,
                        Stream.of(prefixes).map(IpPrefix::parse).toList(),
                        0);
        return Objects.requireNonNull(pump.tunnel().addPeer(config));
    }

    /** Knows somebody else, who is nowhere. */
    void addStranger() {
        PrivateKey key = PrivateKey.generate(new SecureRandom());
        PeerConfig config = new PeerConfig(key.publicKey(), PresharedKey.NONE, List.of(), 0);
        Objects.requireNonNull(pump.tunnel().addPeer(config));
    }

    Peer<Carrier> peer() {
        return pump.tunnel().peers().iterator().next();
    }

    long drops(DropReason reason) {
        return pump.tunnel().drops().of(reason) + peer().drops().of(reason);
    }

    /** Takes what the other end flushed, as one read of the carrier; the number of datagrams. */
    int receive(List<byte[]> datagrams) {
        return receive(datagrams, 0);
    }

    /** The same, each with this traffic class in its outer header. */
    int receive(List<byte[]> datagrams, int trafficClass) {
        List<byte[]> taken = List.copyOf(datagrams);
        datagrams.clear();
        for (byte[] datagram : taken) {
            byte[] array = new byte[datagram.length + 128];
            System.arraycopy(datagram, 0, array, 64, datagram.length);
            pump.onDatagram(carrier, array, 64, datagram.length, trafficClass);
        }
        if (!taken.isEmpty()) {
            pump.onReadEnd(carrier);
        }
        return taken.size();
    }

    /** Reads the inside until it is empty, as the loop does. */
    void pollAll() {
        while (!tun.toRead.isEmpty()) {
            pump.poll();
        }
    }

    @Override
    public void on(TunnelEvent<Carrier> event) {
        events.add(event);
    }

    @Override
    public void onInsideGone(IOException cause) {
        insideGone.add(cause);
    }
}
