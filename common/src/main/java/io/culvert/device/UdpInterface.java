package io.culvert.device;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.carrier.udp.UdpBinding;
import io.culvert.carrier.udp.UdpSocket;
import io.culvert.control.LogWatcher;
import io.culvert.control.PumpDevice;
import io.culvert.libc.BootTimeClock;
import io.culvert.noise.LocalIdentity;
import io.culvert.pump.Pump;
import io.culvert.pump.PumpSetup;
import io.culvert.time.MonotonicClock;
import io.culvert.time.TimestampSource;
import io.culvert.time.WallClock;
import io.culvert.tun.Tun;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import io.culvert.tunnel.TunnelSetup;
import io.culvert.uapi.Moment;
import io.culvert.uapi.UapiSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A WireGuard interface by UDP, without a key or a peer until {@code wg} gives it some.
 * Thread-safe: its methods hop to the loop.
 */
public final class UdpInterface implements AutoCloseable {
    private final Tun tun;
    private final int mtu;
    private final LoopThread thread;
    private final WallClock wall = WallClock.system();
    private final MonotonicClock clock;
    private final SecureRandom random = new SecureRandom();
    private final CompletableFuture<IOException> insideGone = new CompletableFuture<>();

    // confined to the loop
    private @Nullable Pump pump;
    private @Nullable UdpSocket udp;

    // confined to whoever starts and closes
    private @Nullable UapiSocket control;

    private UdpInterface(Tun tun, int mtu, LoopThread thread, MonotonicClock clock) {
        this.tun = tun;
        this.mtu = mtu;
        this.thread = thread;
        this.clock = clock;
    }

    /**
     * Starts an interface; when this returns its control socket answers.
     *
     * @param tun the inside; the interface's from now on
     * @param mtu of the inside, which packets are not padded beyond
     * @param socket where {@code wg} finds it
     * @param listening the control socket as another program has opened it; null to open it at
     *     {@code socket}
     * @throws IOException when something cannot be had; nothing is left behind
     */
    public static UdpInterface start(
            Tun tun, int mtu, Path socket, @Nullable ServerSocketChannel listening)
            throws IOException {
        MonotonicClock clock = new BootTimeClock();
        UdpInterface made = new UdpInterface(tun, mtu, LoopThread.start(clock), clock);
        boolean success = false;
        try {
            Pump pump = made.thread.call(made::startInLoop);
            made.control = made.listen(pump, socket, listening);
            success = true;
            return made;
        } finally {
            if (!success) {
                made.close();
            }
        }
    }

    private Pump startInLoop() throws IOException {
        Pump made =
                new Pump(
                        new PumpSetup(
                                tun,
                                thread.loop(),
                                clock,
                                effects ->
                                        new Tunnel<>(
                                                new TunnelSetup<>(
                                                        LocalIdentity.unset(random),
                                                        mtu,
                                                        effects,
                                                        new TimestampSource(wall),
                                                        random,
                                                        thread.handshakes())),
                                new LogWatcher(event -> {}, insideGone::complete)));
        pump = made;
        thread.handshakes().onDone(made::collect);
        UdpBinding anyPort = UdpBinding.ofPort(0, wall.now());
        udp = UdpSocket.open(thread.loop(), anyPort, made, made.tunnel().drops());
        made.start();
        return made;
    }

    private UapiSocket listen(Pump made, Path socket, @Nullable ServerSocketChannel listening)
            throws IOException {
        PumpDevice device =
                new PumpDevice(
                        made, new Side(), UdpInterface::carrierOf, PumpDevice.PeerWatcher.NOBODY);
        UapiSocket.Service service =
                device.service(thread.loop()::execute, () -> new Moment(clock.nowNs(), wall.now()));
        return listening == null
                ? UapiSocket.open(socket, service)
                : UapiSocket.adopt(listening, service);
    }

    private static @Nullable CarrierInfo carrierOf(Peer<Carrier> peer) {
        Carrier carrier = peer.endpoint();
        return carrier == null ? null : carrier.info();
    }

    /** Completes when the device is gone and nothing can pass any more. */
    public CompletableFuture<IOException> insideGone() {
        return insideGone;
    }

    /** Completes when the loop ended by a fault of its own. */
    public CompletableFuture<Throwable> failed() {
        return thread.failed();
    }

    /** Completes when the control socket's file is gone, by which tools end an interface. */
    public CompletableFuture<@Nullable Void> socketGone() {
        UapiSocket socket = control;
        if (socket == null) {
            throw new IllegalStateException("the interface was not started");
        }
        return socket.gone();
    }

    /** The one UDP socket. Confined to the loop. */
    private final class Side implements PumpDevice.UdpSide {
        private UdpSocket socket() {
            UdpSocket open = udp;
            if (open == null) {
                throw new IllegalStateException("the interface is closed");
            }
            return open;
        }

        @Override
        public int port() {
            return socket().port();
        }

        @Override
        public void port(int port) throws IOException {
            socket().rebind(port);
        }

        @Override
        public int fwmark() {
            return socket().fwmark();
        }

        @Override
        public void fwmark(int mark) throws IOException {
            socket().setFwmark(mark);
        }

        @Override
        public Carrier carrierTo(InetSocketAddress remote) {
            return socket().carrierTo(remote);
        }
    }

    /**
     * Ends the interface: the control socket's file goes, and the device where it is ours alone.
     */
    @Override
    public void close() {
        if (control != null) {
            control.close();
        }
        thread.close(this::closeInLoop);
    }

    private void closeInLoop() {
        if (udp != null) {
            udp.close();
        }
        if (pump != null) {
            pump.close();
        } else {
            tun.close();
        }
    }
}
