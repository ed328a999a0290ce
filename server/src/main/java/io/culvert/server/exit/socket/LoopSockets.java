package io.culvert.server.exit.socket;

import io.culvert.ip.IpAddress;
import io.culvert.libc.Errno;
import io.culvert.libc.Libc;
import io.culvert.libc.NativeBuffer;
import io.culvert.libc.SocketCalls;
import io.culvert.libc.SocketCalls.Kind;
import io.culvert.libc.SocketOptions.Option;
import io.culvert.libc.UdpAddress;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.Endpoint;
import org.jspecify.annotations.Nullable;

/** The kernel's sockets, waited for on a loop. Confined to it. */
public final class LoopSockets implements HostSockets {
    private static final long MAPPED = 0x0000_ffff_0000_0000L;

    /** After so long a silence a peer of TCP is asked whether it lives, and how often. */
    private static final int KEEPALIVE_IDLE_S = 900;

    private static final int KEEPALIVE_INTERVAL_S = 60;
    private static final int KEEPALIVE_PROBES = 5;

    private final EventLoop loop;
    private final SocketCalls calls = new SocketCalls();

    /** Sockets on this loop. */
    public LoopSockets(EventLoop loop) {
        this.loop = loop;
    }

    /** Whether this user may have ping sockets. */
    public boolean mayPing(boolean isIpv6) {
        int fd = calls.open(Kind.PING, isIpv6);
        if (fd >= 0) {
            Libc.close(fd);
        }
        return fd >= 0;
    }

    @Override
    public Opened open(Kind kind, Endpoint to, EventLoop.ReadyListener listener) {
        boolean isIpv6 = to.address().isIpv6();
        int fd = calls.open(kind, isIpv6);
        if (fd < 0) {
            return new Opened.Refused(-fd);
        }
        set(kind, fd, isIpv6);
        int result = calls.connect(fd, addressOf(to));
        if (result < 0 && result != -Errno.EINPROGRESS) {
            Libc.close(fd);
            return new Opened.Refused(-result);
        }
        return new Opened.Made(new Bonded(kind, fd, listener));
    }

    /** An option that this kernel has not changes nothing that matters. */
    private void set(Kind kind, int fd, boolean isIpv6) {
        if (kind == Kind.TCP) {
            var _ = calls.set(fd, Option.TCP_NODELAY, 1);
            var _ = calls.set(fd, Option.SO_KEEPALIVE, 1);
            var _ = calls.set(fd, Option.TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
            var _ = calls.set(fd, Option.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
            var _ = calls.set(fd, Option.TCP_KEEPCNT, KEEPALIVE_PROBES);
        } else {
            var _ = calls.set(fd, isIpv6 ? Option.IPV6_RECVERR : Option.IP_RECVERR, 1);
        }
    }

    /** A datagram socket that connects sends nothing, but has its route looked up. */
    @Override
    public boolean isOwn(Endpoint address) {
        int fd = calls.open(Kind.UDP, address.address().isIpv6());
        if (fd < 0) {
            return false; // then no other socket opens either
        }
        UdpAddress to = addressOf(address);
        UdpAddress local = calls.connect(fd, to) < 0 ? UdpAddress.NONE : calls.local(fd);
        Libc.close(fd);
        boolean isSame = local.high() == to.high() && local.low() == to.low();
        return isSame || isLoopback(local);
    }

    private static boolean isLoopback(UdpAddress address) {
        return address.isIpv4()
                ? (address.low() >>> 24 & 0xff) == 127
                : address.high() == 0 && address.low() == 1;
    }

    private static UdpAddress addressOf(Endpoint end) {
        IpAddress address = end.address();
        long low = address.isIpv6() ? address.low() : MAPPED | address.high() >>> 32;
        return new UdpAddress(address.isIpv6() ? address.high() : 0, low, end.port(), 0);
    }

    /**
     * A descriptor that the loop watches. The kernel tells of a failed or wholly shut socket
     * whether that is waited for or not; so one that is told of without being waited for leaves the
     * loop until it is waited for again.
     */
    private final class Bonded implements HostSocket {
        private final Kind kind;
        private final int fd;
        private final EventLoop.ReadyListener listener;
        private boolean isReadWanted;
        private boolean isWriteWanted;
        private boolean isClosed;

        /** Null while the loop does not watch it. */
        private EventLoop.@Nullable Registration bond;

        Bonded(Kind kind, int fd, EventLoop.ReadyListener listener) {
            this.kind = kind;
            this.fd = fd;
            this.listener = listener;
        }

        private void onReady(boolean readable, boolean writable) {
            if (isReadWanted || isWriteWanted) {
                listener.onReady(readable, writable);
            } else if (bond != null) {
                bond.cancel();
                bond = null;
            }
        }

        @Override
        public int read(NativeBuffer buffer, int length) {
            return isClosed ? -Errno.EBADF : Libc.read(fd, buffer, 0, length);
        }

        @Override
        public int write(NativeBuffer buffer, int length) {
            return isClosed ? -Errno.EBADF : Libc.write(fd, buffer, 0, length);
        }

        @Override
        public int takeError() {
            if (isClosed) {
                return Errno.EBADF;
            }
            int error = calls.takeError(fd);
            if (kind != Kind.TCP) {
                calls.dropErrorQueue(fd);
            }
            return error;
        }

        @Override
        public void shutdownOutput() {
            if (!isClosed) {
                var _ = calls.shutdownOutput(fd); // refused only where the connection is gone
            }
        }

        @Override
        public void interest(boolean readable, boolean writable) {
            if (isClosed) {
                return;
            }
            isReadWanted = readable;
            isWriteWanted = writable;
            if (bond == null && (readable || writable)) {
                bond = loop.register(fd, this::onReady);
            }
            if (bond != null) {
                bond.interest(readable, writable);
            }
        }

        @Override
        public void close() {
            if (!isClosed) {
                isClosed = true;
                if (bond != null) {
                    bond.cancel();
                }
                Libc.close(fd);
            }
        }

        @Override
        public void reset() {
            if (!isClosed && kind == Kind.TCP) {
                var _ = calls.setToReset(fd);
            }
            close();
        }
    }
}
