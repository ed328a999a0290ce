package io.culvert.client.tunnel;

import io.culvert.carrier.Bundle;
import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierInfo;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a client reaches a peer by several WebSockets at once: each is kept up by a dialer of its
 * own, and those that are up are one carrier. Confined to the loop.
 *
 * <ol>
 *   <li>The first that opens carries everything, as if it were the only one.
 *   <li>Its HELLO says whether the gateway takes several; if so the others are dialled.
 *   <li>One joins when its HELLO names the same instance of the gateway. Another one's, as behind a
 *       balancer or after a restart, cannot: the lowest lane decides, and the rest dial again.
 * </ol>
 */
final class StripedPath implements PeerPath {
    private static final Logger log = LoggerFactory.getLogger(StripedPath.class);

    private final CarrierListener listener;
    private final Bundle bundle = new Bundle();
    private final List<Lane> lanes = new ArrayList<>();
    private boolean othersAreDialled;

    /** The gateway's process that the bundle leads to; null before its HELLO. */
    private @Nullable UUID instance;

    /** Makes the path of one lane. */
    interface Paving {
        /** A path that tells {@code listener} and says {@code lane} in its HELLO. */
        PeerPath path(int lane, CarrierListener listener);
    }

    /** A path of {@code count} connections that tells the listener of one carrier. */
    StripedPath(int count, CarrierListener listener, Paving paving) {
        this.listener = listener;
        for (int number = 0; number < count; number++) {
            lanes.add(new Lane(number, paving));
        }
    }

    @Override
    public void start() {
        lanes.getFirst().path.start();
    }

    private void dialOthers() {
        othersAreDialled = true;
        for (Lane lane : lanes.subList(1, lanes.size())) {
            lane.path.start();
        }
    }

    @Override
    public void stop() {
        lanes.forEach(lane -> lane.path.stop());
    }

    /** The dialers have their own idea of when to connect anew. */
    @Override
    public void onGaveUp() {}

    @Override
    public void onNetworkChange() {
        dialled().forEach(lane -> lane.path.onNetworkChange());
    }

    /** The others would connect although the gateway may not take them. */
    private List<Lane> dialled() {
        return othersAreDialled ? lanes : lanes.subList(0, 1);
    }

    @Override
    public void onMark(int fwMark) {
        lanes.forEach(lane -> lane.path.onMark(fwMark));
    }

    @Override
    public @Nullable CarrierInfo info() {
        return bundle.isEmpty() ? lanes.getFirst().path.info() : bundle.info();
    }

    private void onLeft() {
        if (bundle.isEmpty()) {
            instance = null;
            listener.onClosed(bundle);
        } else {
            listener.onWritable(bundle); // what waited for that connection goes by another
        }
    }

    /** What one connection tells, on its way to the listener. */
    private final class Lane implements CarrierListener {
        private final int number;
        private final PeerPath path;

        /** The connection, once it is part of the bundle; null while none is. */
        private @Nullable Carrier joined;

        Lane(int number, Paving paving) {
            this.number = number;
            this.path = paving.path(number, this);
        }

        @Override
        public void onOpen(Carrier carrier) {
            if (bundle.isEmpty()) {
                join(carrier);
            }
        }

        private void join(Carrier carrier) {
            boolean isFirst = bundle.isEmpty();
            joined = carrier;
            bundle.join(number, carrier);
            if (isFirst) {
                listener.onOpen(bundle);
            } else {
                listener.onWritable(bundle);
            }
        }

        @Override
        public void onHello(Carrier from, Hello hello) {
            List<Lane> others =
                    lanes.stream()
                            .filter(lane -> lane.number != number && lane.joined != null)
                            .toList();
            if (!others.isEmpty() && !belongs(hello)) {
                if (number > others.getFirst().number) {
                    log.info("connection {} leads to another gateway than the first", number);
                    leave();
                    from.close(); // dialled again, ever more slowly
                    return;
                }
                others.forEach(Lane::leave);
            }
            if (joined == null) {
                join(from);
            }
            instance = hello.instance();
            listener.onHello(bundle, hello);
            if (!othersAreDialled) {
                greet(hello);
            }
        }

        private boolean belongs(Hello hello) {
            return hello.hasLanes() && (instance == null || instance.equals(hello.instance()));
        }

        private void greet(Hello hello) {
            if (hello.hasLanes()) {
                dialOthers();
            } else {
                log.info("the gateway takes one connection, not {}: it is older", lanes.size());
            }
        }

        private void leave() {
            Carrier left = joined;
            if (left != null) {
                joined = null;
                bundle.leave(left);
                left.close();
                onLeft();
            }
        }

        @Override
        public void onClosed(Carrier carrier) {
            if (carrier.equals(joined)) {
                joined = null;
                bundle.leave(carrier);
                onLeft();
            }
        }

        @Override
        public void onDatagram(Carrier from, byte[] array, int offset, int length) {
            if (from.equals(joined)) {
                listener.onDatagram(bundle, array, offset, length);
            }
        }

        @Override
        public void onReadEnd(Carrier from) {
            listener.onReadEnd(bundle);
        }

        @Override
        public void onWritable(Carrier carrier) {
            if (carrier.equals(joined)) {
                listener.onWritable(bundle);
            }
        }

        @Override
        public void onDrain(Carrier from, long afterMs) {
            listener.onDrain(bundle, afterMs);
        }
    }
}
