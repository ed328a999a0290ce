package io.culvert.client.dial;

import io.culvert.carrier.RemoteAddress;
import io.culvert.carrier.WebSocketCarrier.Protocol;
import io.culvert.client.loop.NettyLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one address: TCP, TLS, upgrade. Confined to the loop.
 *
 * <p>Its end is told once, unless it is abandoned before.
 */
final class DialAttempt implements UpgradeHandler.Outcome {
    /** Who waits for the attempt. */
    interface Listener {
        /** TCP stands: it is worth waiting a little longer. */
        void onConnected(DialAttempt attempt);

        /** The WebSocket stands and {@code channel} has no handler left but TLS. */
        void onUpgraded(DialAttempt attempt, Upgraded upgraded);

        /** It failed; the channel is closed. */
        void onFailed(DialAttempt attempt, DialFailure failure);
    }

    /**
     * What an attempt that succeeded hands over.
     *
     * @param rest bytes that followed the answer's head, borrowed until return
     */
    record Upgraded(Channel channel, Protocol protocol, InetSocketAddress remote, ByteBuf rest) {}

    private final InetSocketAddress remote;
    private final Listener listener;

    /** The connection; null before {@link #start} and after the end. */
    private @Nullable Channel channel;

    private @Nullable UpgradeHandler handler;
    private boolean isOver;

    DialAttempt(InetAddress address, int port, Listener listener) {
        this.remote = new InetSocketAddress(address, port);
        this.listener = listener;
    }

    void start(NettyLoop loop, DialPlan plan) {
        Channel opened;
        try {
            Upgrade upgrade = plan.upgrade();
            String request = upgrade.request(plan.token());
            opened = Sockets.open(loop.transport(), plan.settings().fwMark());
            handler = new UpgradeHandler(request, upgrade, plan.settings().isSecure(), this);
        } catch (DialFailure e) {
            onFailed(e);
            return;
        }
        channel = opened;
        plan.addTls(opened);
        opened.pipeline().addLast(handler);
        loop.adopt(opened).addListener(_ -> connect(opened));
    }

    private void connect(Channel opened) {
        if (isOver) {
            return;
        }
        opened.connect(remote)
                .addListener((ChannelFuture connected) -> {
                    if (!connected.isSuccess()) {
                        onFailed(connected.cause());
                    }
                });
    }

    /** Ends the attempt without a word. */
    void abandon() {
        isOver = true;
        Channel open = channel;
        channel = null;
        if (open != null) {
            var _ = open.close();
        }
    }

    InetSocketAddress remote() {
        return remote;
    }

    @Override
    public void onConnected() {
        if (!isOver) {
            listener.onConnected(this);
        }
    }

    @Override
    public void onUpgraded(Protocol protocol, ByteBuf rest) {
        Channel open = channel;
        if (isOver || open == null || handler == null) {
            return;
        }
        isOver = true;
        channel = null;
        listener.onUpgraded(this, new Upgraded(open, protocol, remote, rest));
    }

    @Override
    public void onFailed(Throwable cause) {
        if (isOver) {
            return;
        }
        abandon();
        listener.onFailed(this, FailureLine.of(cause, RemoteAddress.text(remote)));
    }
}
