package io.culvert.client.dial;

import io.culvert.client.dial.DialFailure.Stage;
import io.culvert.client.loop.NettyLoop;
import io.culvert.libc.Channels;
import io.culvert.libc.CongestionControl;
import io.culvert.libc.LibcException;
import io.culvert.libc.SocketOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes TCP channels, not yet connected, with the options that keep latency low and our own packets
 * out of our tunnel. Stateless, thread-safe.
 */
final class Sockets {
    private static final Logger log = LoggerFactory.getLogger(Sockets.class);

    private static final int LOW_WATER_BYTES = 32 * 1024;
    private static final int HIGH_WATER_BYTES = 64 * 1024;
    private static final long UNSENT_LIMIT_BYTES = 64 * 1024;

    /** How long sent bytes may stay unacknowledged (RFC 5482). */
    private static final int USER_TIMEOUT_MS = 15_000;

    private static final IntegerUnixChannelOption SO_MARK =
            new IntegerUnixChannelOption("SO_MARK", 1, 36);

    private Sockets() {}

    /** A channel for a loop by {@code transport}, marked unless {@code fwMark} is 0. */
    static Channel open(NettyLoop.Transport transport, int fwMark) throws DialFailure {
        return transport == NettyLoop.Transport.EPOLL ? openEpoll(fwMark) : openNio(fwMark);
    }

    private static Channel openEpoll(int fwMark) throws DialFailure {
        EpollSocketChannel channel = new EpollSocketChannel();
        boolean success = false;
        try {
            setCommon(channel);
            channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_LIMIT_BYTES);
            channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
            CongestionControl.prefer(SocketOptions.of(channel.fd().intValue()));
            if (fwMark != 0) {
                mark(channel, fwMark);
            }
            success = true;
        } finally {
            if (!success) {
                channel.unsafe().closeForcibly();
            }
        }
        return channel;
    }

    /** The congestion control of a channel; empty where it is not known. */
    static String congestionControl(Channel channel) {
        return channel instanceof EpollSocketChannel epoll && epoll.isOpen()
                ? CongestionControl.of(SocketOptions.of(epoll.fd().intValue()))
                : "";
    }

    /** Marks a connection that is up anew; whether that could be done. */
    static boolean remark(Channel channel, int fwMark) {
        if (!(channel instanceof EpollSocketChannel epoll)) {
            return false;
        }
        try {
            mark(epoll, fwMark);
            return true;
        } catch (DialFailure e) {
            log.warn("{}", e.getMessage());
            return false;
        }
    }

    private static void mark(EpollSocketChannel channel, int fwMark) throws DialFailure {
        try {
            channel.config().setOption(SO_MARK, fwMark);
            Integer read = channel.config().getOption(SO_MARK);
            if (read != null && read == fwMark) {
                return;
            }
        } catch (ChannelException e) {
            throw unmarked(e);
        }
        throw unkept(fwMark);
    }

    private static DialFailure unkept(int fwMark) {
        return new DialFailure(
                Stage.LOCAL,
                "the kernel did not keep the firewall mark "
                        + fwMark
                        + ": a container or sandbox may forbid it; run it outside, or on the host");
    }

    private static DialFailure unmarked(Exception e) {
        return new DialFailure(
                Stage.LOCAL,
                "cannot mark the connection (FwMark): run as root or with CAP_NET_ADMIN",
                e);
    }

    private static Channel openNio(int fwMark) throws DialFailure {
        boolean success = false;
        SocketChannel socket = openSocket();
        NioSocketChannel channel = new NioSocketChannel(socket);
        try {
            setCommon(channel);
            setThroughLibc(socket, fwMark);
            success = true;
        } finally {
            if (!success) {
                channel.unsafe().closeForcibly();
            }
        }
        return channel;
    }

    private static SocketChannel openSocket() throws DialFailure {
        try {
            return SocketChannel.open();
        } catch (IOException e) {
            throw new DialFailure(Stage.LOCAL, "cannot open a socket: " + e.getMessage(), e);
        }
    }

    /** What the JDK has no option for; without a mark to set, a failure only costs latency. */
    private static void setThroughLibc(SocketChannel socket, int fwMark) throws DialFailure {
        try {
            SocketOptions options = SocketOptions.of(Channels.fdOf(socket));
            if (fwMark != 0) {
                options.set(SocketOptions.Option.SO_MARK, fwMark);
                if (options.read(SocketOptions.Option.SO_MARK) != fwMark) {
                    throw unkept(fwMark);
                }
            }
            options.set(SocketOptions.Option.TCP_NOTSENT_LOWAT, (int) UNSENT_LIMIT_BYTES);
            options.set(SocketOptions.Option.TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
            CongestionControl.prefer(options);
        } catch (LibcException | IllegalStateException e) {
            optionsFailed(e, fwMark);
        } catch (LinkageError e) { // no JNA for this system
            optionsFailed(new UnsupportedOperationException(e), fwMark);
        }
    }

    private static void optionsFailed(Exception e, int fwMark) throws DialFailure {
        if (fwMark != 0) {
            throw unmarked(e);
        }
        log.debug("socket options cannot be set", e);
    }

    private static void setCommon(Channel channel) {
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.config()
                .setOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES));
    }
}
