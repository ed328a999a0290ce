package io.culvert.client.proxy.attach;

import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.splice.AskDeadline;
import io.culvert.client.proxy.splice.Switchboard;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPipeline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Where further processes come in, greets them with the tunnel's public key, and counts them: the
 * process that has the tunnel may want to go. Confined to the loop.
 */
public final class AttachDoor {
    /** Says which tunnel it is, and in which version. */
    static final String GREETING = "culvert attach 1 ";

    private final Switchboard switchboard;
    private final Host host;
    private int joined;

    /** Completes when nobody is joined any more; it has no dependents until somebody asks. */
    private final CompletableFuture<Void> unused = new CompletableFuture<>();

    private boolean isLeaving;

    /** The process that has the tunnel. Called on the loop. */
    public interface Host {
        /** Which tunnel it is. */
        String publicKey();

        /**
         * Asks whether a host answers; the answer is for people, and so is the failure's message.
         *
         * @param port 0 for a ping
         */
        CompletableFuture<String> check(String host, int port);

        /** Somebody wants all of it to end. */
        void end();
    }

    /** A door that opens to whom {@link #open} gets. */
    public AttachDoor(Switchboard switchboard, Host host) {
        this.switchboard = switchboard;
        this.host = host;
    }

    /** Takes in a channel that the Unix socket has accepted. */
    public void open(Channel channel) {
        joined++;
        channel.closeFuture().addListener(_ -> onLeft());
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new AttachFrames(), new AttachRequest(this));
        // first in line, but last to be added: it asks for the first byte
        pipeline.addFirst(
                new AskDeadline(switchboard.loop(), switchboard.limits().handshakeNs(), garbage()));
        var _ = channel.writeAndFlush(AttachReplies.text(GREETING + host.publicKey()));
    }

    private void onLeft() {
        joined--;
        if (isLeaving && joined == 0) {
            unused.complete(null);
        }
    }

    /** How many processes are joined. */
    public int joined() {
        return joined;
    }

    /** Completes when nobody is joined. Whoever comes then comes too late, and begins anew. */
    public CompletableFuture<Void> unused() {
        isLeaving = true;
        if (joined == 0) {
            unused.complete(null);
        }
        return unused;
    }

    Garbage garbage() {
        return switchboard.garbage();
    }

    void connect(Channel channel, Target target) {
        String source = FlowKind.STDIO.label();
        switchboard.join(
                channel, new Switchboard.Call(FlowKind.STDIO, source, target), new AttachReplies());
    }

    void check(Channel channel, String name, int port) {
        var _ =
                host.check(name, port)
                        .whenComplete((answer, failure) -> {
                            String text =
                                    failure == null
                                            ? AttachReplies.OK + " " + answer
                                            : AttachReplies.FAILED + reason(failure);
                            switchboard
                                    .loop()
                                    .execute(() -> last(channel, AttachReplies.text(text)));
                        });
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return String.valueOf(cause.getMessage());
    }

    void end(Channel channel) {
        last(channel, AttachReplies.text(AttachReplies.OK));
        host.end();
    }

    private static void last(Channel channel, ByteBuf word) {
        channel.writeAndFlush(word).addListener(ChannelFutureListener.CLOSE);
    }
}
