package io.culvert.client.proxy.forward;

import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.Inside;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.LiveFlow;
import io.culvert.client.proxy.splice.Clients;
import io.culvert.client.proxy.splice.LocalAddress;
import io.culvert.client.proxy.splice.LocalSockets;
import io.culvert.client.proxy.splice.Replies;
import io.culvert.client.proxy.splice.Splice;
import io.culvert.client.proxy.splice.Switchboard;
import io.culvert.client.proxy.splice.Switchboard.Call;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The forwards of a client. Confined to the loop. */
public final class Forwards {
    private static final Logger log = LoggerFactory.getLogger(Forwards.class);

    private final Switchboard switchboard;
    private final LocalSockets sockets;
    private final List<Runnable> ends = new ArrayList<>();

    /** No forward yet. */
    public Forwards(Switchboard switchboard, LocalSockets sockets) {
        this.switchboard = switchboard;
        this.sockets = sockets;
    }

    /**
     * Starts one.
     *
     * @param admission whether a connection of a local socket may stay; closes it otherwise
     * @return where it listens, as text; or a {@link StartFailure}
     */
    public CompletableFuture<String> start(Forward forward, Predicate<Channel> admission) {
        return switch (forward) {
            case Forward.Local local -> local.isUdp() ? localUdp(local) : local(local, admission);
            case Forward.Remote remote -> remote(remote);
        };
    }

    /** Ends all of them; flows that stand are the table's to end. */
    public void close() {
        ends.forEach(Runnable::run);
        ends.clear();
    }

    private CompletableFuture<String> local(Forward.Local local, Predicate<Channel> admission) {
        ChannelFuture bound =
                sockets.listen(
                        local.at(),
                        channel -> {
                            if (admission.test(channel)) {
                                join(channel, local);
                            }
                        });
        return settle(bound, local);
    }

    private void join(Channel channel, Forward.Local local) {
        Call call = new Call(FlowKind.LOCAL_FORWARD, Clients.name(channel), local.to());
        switchboard.join(channel, call, Replies.SILENT);
    }

    private CompletableFuture<String> localUdp(Forward.Local local) {
        return switch (local.at()) {
            case LocalAddress.Tcp at -> {
                LocalUdp flows = new LocalUdp(switchboard, local.to());
                yield settle(sockets.bindUdp(at.socketAddress(), flows), local);
            }
            case LocalAddress.Unix unix ->
                    throw new IllegalStateException(unix + " carries no datagrams");
        };
    }

    private CompletableFuture<String> settle(ChannelFuture bound, Forward.Local local) {
        CompletableFuture<String> started = new CompletableFuture<>();
        ends.add(() -> close(bound.channel()));
        bound.addListener(done -> {
            if (done.isSuccess()) {
                started.complete(nameOf(bound.channel(), local));
            } else {
                started.completeExceptionally(StartFailure.listening(local.at(), done.cause()));
            }
        });
        return started;
    }

    private static String nameOf(Channel bound, Forward.Local local) {
        return bound.localAddress() instanceof InetSocketAddress at
                ? Clients.name(at)
                : local.at().toString();
    }

    private static void close(Channel channel) {
        var _ = channel.close();
    }

    private CompletableFuture<String> remote(Forward.Remote remote) {
        Inside inside = switchboard.opener().inside();
        String name = (remote.at() == null ? "*" : remote.at()) + ":" + remote.port();
        Runnable end = remote.isUdp() ? remoteUdp(inside, remote) : remoteTcp(inside, remote);
        if (end == null) {
            return CompletableFuture.failedFuture(
                    new StartFailure(
                            "cannot listen at "
                                    + name
                                    + " in the tunnel: choose another port, and"
                                    + " an address of the tunnel's or none"));
        }
        ends.add(end);
        return CompletableFuture.completedFuture(name);
    }

    private @Nullable Runnable remoteUdp(Inside inside, Forward.Remote remote) {
        RemoteUdp flows = new RemoteUdp(switchboard, sockets, remote.to());
        return flows.start(inside, remote) ? flows::close : null;
    }

    private @Nullable Runnable remoteTcp(Inside inside, Forward.Remote remote) {
        Inside.Listening listening =
                inside.listen(remote.at(), remote.port(), flow -> accept(flow, remote));
        return listening == null ? null : listening::close;
    }

    private InsideFlow.Listener accept(InsideFlow flow, Forward.Remote remote) {
        Splice splice = switchboard.splice();
        LiveFlow.Ends between = new LiveFlow.Ends(flow.remote().toString(), remote.to().toString());
        if (!splice.enter(switchboard.table(), FlowKind.REMOTE_FORWARD, between)) {
            flow.abort();
            return splice;
        }
        splice.start(flow);
        sockets.connect(remote.to(), splice)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        log.debug("{}: {}", remote.to(), done.cause().getMessage());
                        splice.abort();
                    }
                });
        return splice;
    }
}
