package io.culvert.tunnel;

import io.culvert.ip.Ecn;
import io.culvert.ip.IpPacket;
import io.culvert.ip.Segmenter;
import io.culvert.ip.SuperPacket;
import io.culvert.noise.Handshake;
import io.culvert.session.Session;
import io.culvert.stats.DropReason;
import io.culvert.wire.Transport;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Transport messages: packets sealed on their way out, opened on their way in (paper §5.4.6, §6).
 * Confined to the engine.
 *
 * <p>Outbound: (1) key usable, else stage and begin a handshake; (2) pad; (3) nonce and seal; (4)
 * timers; (5) renew the key if it is old.
 *
 * <p>Inbound: (1) index; (2) age; (3) open; (4) replay window; (5) confirm the next key pair; (6)
 * endpoint; (7) timers; (8) IP packet; (9) its source must belong to exactly this peer.
 */
final class DataPath<E> implements Keepalives<E> {
    private final Context<E> context;
    private final Handshakes<E> handshakes;
    private final Segmenter superPackets = new Segmenter();
    private final byte[] scratch = new byte[Tuning.LARGEST_DATAGRAM];

    DataPath(Context<E> context) {
        this.context = context;
        this.handshakes = new Handshakes<>(context, this);
    }

    Handshakes<E> handshakes() {
        return handshakes;
    }

    int seal(Peer<E> peer, byte[] array, int offset, int length, long nowNs) {
        Session session = peer.keys.current();
        if (peer.isRemoved()) {
            peer.drops().count(DropReason.NO_ROUTE);
            return 0;
        }
        if (session == null || !session.canSeal(nowNs)) {
            stage(peer, array, offset + Transport.CONTENT, length);
            handshakes.initiate(peer, false, nowNs);
            return 0;
        }
        int content = offset + Transport.CONTENT;
        int padded = length + paddingOf(length);
        Arrays.fill(array, content + length, content + padded, (byte) 0);
        int sealed = session.seal(array, offset, padded);
        peer.countTx(sealed);
        peer.timers.onAuthenticatedSent(nowNs);
        if (length > 0) {
            peer.timers.onDataSent(nowNs);
        }
        if (session.wantsRekeyOnSend(nowNs)) {
            handshakes.initiate(peer, false, nowNs);
        }
        return sealed;
    }

    /** A super-packet is for the carrier at hand alone, and the next may be another. */
    private void stage(Peer<E> peer, byte[] array, int offset, int length) {
        if (length > 0 && SuperPacket.isAt(array, offset)) {
            peer.drops().count(DropReason.STAGE_OVERFLOW);
        } else {
            peer.stage(array, offset, length);
        }
    }

    /** Bytes that bring the length to a multiple of 16, but never beyond the MTU. */
    private int paddingOf(int length) {
        int last = length > context.mtu ? length % context.mtu : length;
        int padded = Math.min((last + 15) & ~15, context.mtu);
        return padded - last;
    }

    int receive(byte[] array, int offset, int length, E from, long nowNs) {
        IndexTable.Entry<E> entry = context.indices.get(Transport.receiver(array, offset));
        if (entry == null || entry.session() == null) {
            context.drops.count(DropReason.UNKNOWN_INDEX);
            return 0;
        }
        Peer<E> peer = entry.peer();
        Session session = entry.session();
        if (session.isExpired(nowNs)) {
            peer.drops().count(DropReason.EXPIRED_KEY);
            return 0;
        }
        int opened = session.open(array, offset, length);
        if (opened < 0) {
            boolean replayed = opened == Session.REPLAYED;
            peer.drops().count(replayed ? DropReason.REPLAYED_COUNTER : DropReason.BAD_TAG);
            return 0;
        }
        onOpened(peer, session, from, nowNs);
        peer.countRx(length);
        if (opened == 0) {
            return 0;
        }
        peer.timers.onDataReceived(nowNs);
        return check(peer, array, offset + Transport.CONTENT, opened);
    }

    private void onOpened(Peer<E> peer, Session session, E from, long nowNs) {
        if (session.openedNewest() || peer.endpoint() == null) {
            handshakes.roam(peer, from); // what comes late by an old path must not lead back to it
        }
        boolean confirms = peer.keys.isNext(session);
        if (confirms) {
            peer.keys.promoteNext();
            peer.handshake(
                    Handshake.IDLE, context.indices); // one of our own is not needed any more
            handshakes.complete(peer, nowNs);
        }
        peer.timers.onAuthenticatedReceived(nowNs);
        if (confirms) {
            sendStaged(peer, nowNs);
        }
        if (isOld(peer.keys.current(), nowNs) && peer.mayRenewOnReceive()) {
            handshakes.initiate(peer, false, nowNs);
        }
    }

    /** Asked of the current keys, also when the packet came late, sealed with the previous ones. */
    private static boolean isOld(@Nullable Session current, long nowNs) {
        return current != null
                && current.isInitiator()
                && current.ageNs(nowNs) >= Timing.REKEY_ON_RECEIVE_NS;
    }

    private int check(Peer<E> peer, byte[] array, int content, int length) {
        boolean isSuper = SuperPacket.isAt(array, content);
        int offset = isSuper ? content + SuperPacket.HEADER : content;
        int packet =
                isSuper
                        ? superPackets.accept(array, offset, length - SuperPacket.HEADER)
                        : IpPacket.check(array, offset, length);
        if (packet <= 0) {
            peer.drops().count(DropReason.BAD_INNER_PACKET);
            return 0;
        }
        if (context.routes.lookupSource(array, offset) != peer) {
            peer.drops().count(DropReason.DISALLOWED_SOURCE);
            return 0;
        }
        return packet;
    }

    @Override
    public void confirm(Peer<E> peer, long nowNs) {
        if (peer.stagedPackets() == 0) {
            keepalive(peer, nowNs);
        } else {
            sendStaged(peer, nowNs);
        }
    }

    /** Sends an empty packet, or begins the handshake that is needed for it. */
    void keepalive(Peer<E> peer, long nowNs) {
        Session session = peer.keys.current();
        if (session == null || !session.canSeal(nowNs)) {
            handshakes.initiate(peer, false, nowNs);
            return;
        }
        sendSealed(peer, seal(peer, scratch, 0, 0, nowNs), 0);
    }

    private void sendStaged(Peer<E> peer, long nowNs) {
        for (int left = peer.stagedPackets(); left > 0; left--) {
            byte[] packet = peer.unstage();
            if (packet == null) {
                return;
            }
            System.arraycopy(packet, 0, scratch, Transport.CONTENT, packet.length);
            int ecn = Ecn.of(packet, 0);
            sendSealed(peer, seal(peer, scratch, 0, packet.length, nowNs), ecn);
        }
    }

    private void sendSealed(Peer<E> peer, int length, int trafficClass) {
        E endpoint = peer.endpoint();
        if (length > 0 && endpoint != null) {
            context.effects.send(endpoint, scratch, 0, length, trafficClass);
        } else if (length > 0) {
            peer.drops().count(DropReason.NO_CARRIER);
        }
    }
}
