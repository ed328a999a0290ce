package io.culvert.control;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.pump.Pump;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.Tunnel;
import io.culvert.uapi.Conversation;
import io.culvert.uapi.Device;
import io.culvert.uapi.Moment;
import io.culvert.uapi.UapiException;
import io.culvert.uapi.UapiException.Reason;
import io.culvert.uapi.UapiSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An interface at work, as the control socket reads and changes it. Confined to its loop. */
public final class PumpDevice implements Device<Carrier> {
    private final Pump pump;
    private final UdpSide udp;
    private final Function<Peer<Carrier>, @Nullable CarrierInfo> carriers;
    private final PeerWatcher watcher;

    /** Told of peers that come and go by the control socket. */
    public interface PeerWatcher {
        /** Nobody has to be told. */
        PeerWatcher NOBODY =
                new PeerWatcher() {
                    @Override
                    public void onAdded(Peer<Carrier> peer) {}

                    @Override
                    public void onRemoved(Peer<Carrier> peer) {}
                };

        /** The peer is there, with nothing but its key. */
        void onAdded(Peer<Carrier> peer);

        /** The peer is gone. */
        void onRemoved(Peer<Carrier> peer);
    }

    /** Where an interface's plain datagrams leave it. */
    public interface UdpSide {
        /** The port; 0 while none is open. */
        int port();

        /**
         * Takes another port, 0 for any.
         *
         * @throws IOException when it cannot be had; then nothing has changed
         */
        void port(int port) throws IOException;

        /** The mark on datagrams; 0 for none. */
        int fwmark();

        /** Another mark. */
        void fwmark(int mark) throws IOException;

        /**
         * The path to an address; opens the socket where none is.
         *
         * @throws IOException when there can be none
         */
        Carrier carrierTo(InetSocketAddress remote) throws IOException;
    }

    /**
     * The device of a pump.
     *
     * @param carriers how a peer is reached or would be; null when nothing is known
     * @param watcher told of peers that come and go
     */
    public PumpDevice(
            Pump pump,
            UdpSide udp,
            Function<Peer<Carrier>, @Nullable CarrierInfo> carriers,
            PeerWatcher watcher) {
        this.pump = pump;
        this.udp = udp;
        this.carriers = carriers;
        this.watcher = watcher;
    }

    /**
     * Who answers for this device at a control socket.
     *
     * @param loop the thread that owns the pump
     * @param clock both clocks, read on the loop
     */
    public UapiSocket.Service service(Executor loop, Supplier<Moment> clock) {
        SecureRandom random = new SecureRandom();
        return new UapiSocket.Service(loop, () -> new Conversation<>(this, random), clock);
    }

    @Override
    public Tunnel<Carrier> tunnel() {
        return pump.tunnel();
    }

    @Override
    public int listenPort() {
        return udp.port();
    }

    @Override
    public void listenPort(int port) throws UapiException {
        try {
            udp.port(port);
        } catch (IOException e) {
            throw new UapiException(Reason.EADDRINUSE, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public int fwmark() {
        return udp.fwmark();
    }

    @Override
    public void fwmark(int mark) throws UapiException {
        try {
            udp.fwmark(mark);
        } catch (IOException e) {
            throw new UapiException(Reason.EPERM, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void connect(Peer<Carrier> peer, InetSocketAddress remote) throws UapiException {
        if (url(peer) != null) {
            return;
        }
        try {
            pump.connect(peer, udp.carrierTo(remote));
        } catch (IOException e) {
            throw new UapiException(Reason.EIO, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public @Nullable String endpoint(Peer<Carrier> peer) {
        CarrierInfo info = carriers.apply(peer);
        return info == null ? null : info.remote();
    }

    @Override
    public @Nullable String url(Peer<Carrier> peer) {
        CarrierInfo info = carriers.apply(peer);
        return info == null ? null : info.url();
    }

    @Override
    public void added(Peer<Carrier> peer) {
        watcher.onAdded(peer);
    }

    @Override
    public void remove(Peer<Carrier> peer) {
        pump.remove(peer);
        watcher.onRemoved(peer);
    }

    @Override
    public void settle() {
        pump.settle();
    }
}
