package io.culvert.client.proxy.splice;

import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.FlowTable;
import io.culvert.client.proxy.Garbage;
import io.culvert.client.proxy.InsideFlow;
import io.culvert.client.proxy.LiveFlow;
import io.culvert.client.proxy.ProxyLimits;
import io.culvert.client.proxy.Target;
import io.culvert.client.proxy.open.OpenFailure;
import io.culvert.client.proxy.open.Opener;
import io.culvert.client.proxy.open.Opening;
import io.culvert.loop.EventLoop;
import io.netty.channel.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the flow that a local client asked for and joins the two; holds what all doors share.
 * Confined to the loop.
 */
public final class Switchboard {
    private static final Logger log = LoggerFactory.getLogger(Switchboard.class);
    private static final int SCRATCH_BYTES = 65_536;

    private final EventLoop loop;
    private final Opener opener;
    private final FlowTable table;
    private final Garbage garbage;
    private final ProxyLimits limits;
    private final byte[] scratch = new byte[SCRATCH_BYTES];

    /** A switchboard with no flow. */
    public Switchboard(
            EventLoop loop, Opener opener, FlowTable table, Garbage garbage, ProxyLimits limits) {
        this.loop = loop;
        this.opener = opener;
        this.table = table;
        this.garbage = garbage;
        this.limits = limits;
    }

    /**
     * What a client asks for. Immutable.
     *
     * @param source the client, as text
     */
    public record Call(FlowKind kind, String source, Target target) {
        /** Its ends, as they stand in the table. */
        public LiveFlow.Ends ends() {
            return new LiveFlow.Ends(source, target.toString());
        }
    }

    /**
     * Puts a splice at the end of the channel's pipeline and opens the flow for it. The caller
     * takes its own handlers out then; bytes that they still hold reach the splice.
     */
    public void join(Channel channel, Call call, Replies replies) {
        Splice splice = new Splice(scratch);
        splice.farewell(replies.ended());
        boolean hasPlace = splice.enter(table, call.kind(), call.ends());
        channel.pipeline().addLast(splice);
        if (!hasPlace) {
            garbage.count(Garbage.Kind.TOO_MANY);
            refuse(channel, splice, replies, OpenFailure.FULL);
            return;
        }
        Opening opening =
                opener.open(
                        call.target(),
                        new Opening.Waiter() {
                            @Override
                            public InsideFlow.Listener onOpen(InsideFlow flow) {
                                var _ = channel.writeAndFlush(replies.connected());
                                splice.start(flow);
                                return splice;
                            }

                            @Override
                            public void onFailed(OpenFailure failure) {
                                log.debug("{}: {}", call.target(), failure.sentence());
                                refuse(channel, splice, replies, failure);
                            }
                        });
        splice.onAbandoned(opening::cancel);
    }

    private static void refuse(
            Channel channel, Splice splice, Replies replies, OpenFailure failure) {
        var _ = channel.writeAndFlush(replies.refused(failure));
        splice.endRefused();
    }

    /** A splice for a flow that came first; it has no place in the table yet. */
    public Splice splice() {
        return new Splice(scratch);
    }

    /** For copying, from one call to the next only. */
    public byte[] scratch() {
        return scratch;
    }

    /** The loop that all of it is confined to. */
    public EventLoop loop() {
        return loop;
    }

    /** Opens flows, and answers names. */
    public Opener opener() {
        return opener;
    }

    /** The flows that are alive. */
    public FlowTable table() {
        return table;
    }

    /** Counts what is dropped. */
    public Garbage garbage() {
        return garbage;
    }

    /** How much, and how long. */
    public ProxyLimits limits() {
        return limits;
    }
}
