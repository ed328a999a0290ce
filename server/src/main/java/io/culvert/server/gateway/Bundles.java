package io.culvert.server.gateway;

import io.culvert.carrier.Bundle;
import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Puts the connections of a client that has several together: the listener behind hears of them as
 * one carrier. Which ones belong together the client's HELLO says, by its instance: 128 random bits
 * that it shows to this gateway alone. Confined to the loop.
 */
final class Bundles implements CarrierListener {
    private final CarrierListener listener;
    private final Map<UUID, Bundle> bundles = new HashMap<>();
    private final IdentityHashMap<Carrier, Membership> members = new IdentityHashMap<>();

    /** Where a connection belongs. */
    private record Membership(UUID instance, Bundle bundle) {}

    Bundles(CarrierListener listener) {
        this.listener = listener;
    }

    /** The carrier that the listener knows the connection as. */
    Carrier whole(Carrier carrier) {
        Membership membership = members.isEmpty() ? null : members.get(carrier);
        return membership == null ? carrier : membership.bundle();
    }

    @Override
    public void onHello(Carrier from, Hello hello) {
        if (!hello.hasLanes()) {
            listener.onHello(from, hello);
        } else if (hello.lane() < Bundle.MOST_LANES) {
            join(from, hello);
        } else {
            from.close(); // alone it would take all packets of its peer
        }
    }

    private void join(Carrier from, Hello hello) {
        Bundle bundle = bundles.computeIfAbsent(hello.instance(), _ -> new Bundle());
        boolean isFirst = bundle.isEmpty();
        members.put(from, new Membership(hello.instance(), bundle));
        Carrier before = bundle.join(hello.lane(), from);
        if (isFirst) {
            listener.onOpen(bundle);
            listener.onHello(bundle, hello);
        }
        if (before != null) {
            members.remove(before);
            before.close(); // the client has left it, or it is dead
        }
        listener.onWritable(bundle);
    }

    @Override
    public void onOpen(Carrier carrier) {
        listener.onOpen(carrier);
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        listener.onDatagram(whole(from), array, offset, length);
    }

    @Override
    public void onReadEnd(Carrier from) {
        listener.onReadEnd(whole(from));
    }

    @Override
    public void onWritable(Carrier carrier) {
        listener.onWritable(whole(carrier));
    }

    @Override
    public void onDrain(Carrier from, long afterMs) {
        listener.onDrain(whole(from), afterMs);
    }

    @Override
    public void onClosed(Carrier carrier) {
        Membership membership = members.remove(carrier);
        if (membership == null) {
            listener.onClosed(carrier);
            return;
        }
        Bundle bundle = membership.bundle();
        bundle.leave(carrier);
        if (bundle.isEmpty()) {
            bundles.remove(membership.instance());
            listener.onClosed(bundle);
        } else {
            listener.onWritable(bundle); // what waited for that connection goes by another
        }
    }
}
