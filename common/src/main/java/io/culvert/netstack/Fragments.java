package io.culvert.netstack;

import io.culvert.bytes.BigEndian;
import io.culvert.ip.Ipv4Header;
import io.culvert.ip.Ipv6Header;
import io.culvert.ip.VirtioHeader;
import io.culvert.stats.DropReason;
import io.culvert.time.DeadlineHeap;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragments together (RFC 791 §3.2, RFC 8200 §4.5). Bounded in number, bytes and time; a
 * datagram whose fragments overlap is given up (RFC 5722). Confined to the stack's thread.
 */
final class Fragments {
    private static final int MOST_DATAGRAMS = 256;
    private static final int MOST_PIECES = 128;
    private static final int MOST_PACKET = 0xffff;
    private static final long PATIENCE_NS = 30_000_000_000L;
    private static final int FRAGMENT_HEADER = 8;

    private record Id(FlowKey ends, int identification, int protocol) {}

    /** One fragment's payload at its place. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(int start, byte[] bytes) {
        int end() {
            return start + bytes.length;
        }
    }

    /** One datagram in the making. */
    private static final class Partial {
        final long sinceNs;
        final List<Piece> pieces = new ArrayList<>(); // in order, apart
        byte @Nullable [] header; // of the first fragment, null until that came
        boolean hasLast;
        int length; // of the payload; only once the last fragment came
        int bytes;
        boolean isSpoilt;

        Partial(long sinceNs) {
            this.sinceNs = sinceNs;
        }

        /** Puts a piece in; false when it overlaps, or there are too many. */
        boolean add(Piece piece) {
            int index = pieces.size();
            while (index > 0 && pieces.get(index - 1).start() > piece.start()) {
                index--;
            }
            boolean isApart =
                    (index == 0 || pieces.get(index - 1).end() <= piece.start())
                            && (index == pieces.size() || piece.end() <= pieces.get(index).start());
            if (!isApart || pieces.size() >= MOST_PIECES) {
                return false;
            }
            pieces.add(index, piece);
            bytes += piece.bytes().length;
            return true;
        }

        boolean isWhole() {
            return header != null && hasLast && bytes == length;
        }
    }

    private final Context context;
    private final Map<Id, Partial> partials = new LinkedHashMap<>();
    private final DeadlineHeap.Timer timer;
    private final byte[] whole = new byte[VirtioHeader.LENGTH + MOST_PACKET + 1];
    private int bytes;

    Fragments(Context context) {
        this.context = context;
        this.timer = context.timers.timer(this::expire);
    }

    /** The array that a whole packet is in, at {@link VirtioHeader#LENGTH}. */
    byte[] whole() {
        return whole;
    }

    /** Bytes that wait for others. */
    int bytes() {
        return bytes;
    }

    /** Takes a fragment; answers the length of the packet that is whole now, 0 when none is. */
    int add(Inbound packet) {
        byte[] array = packet.array();
        boolean isIpv6 = packet.isIpv6();
        int skip = isIpv6 ? FRAGMENT_HEADER : 0;
        boolean isShort = packet.transportLength() <= skip || (isIpv6 && !packet.isPlain());
        if (isShort) {
            context.drop(DropReason.BAD_FRAGMENT);
            return 0;
        }
        int at = packet.transport();
        int field = BigEndian.getShort(array, isIpv6 ? at + 2 : packet.offset() + 6);
        int start = isIpv6 ? field & 0xfff8 : (field & 0x1fff) * 8;
        boolean isLast = isIpv6 ? (field & 1) == 0 : (field & 0x2000) == 0;
        int length = packet.transportLength() - skip;
        boolean isBad = (!isLast && length % 8 != 0) || start + length > MOST_PACKET - 40;
        if (isBad) {
            context.drop(DropReason.BAD_FRAGMENT);
            return 0;
        }
        Id id = idOf(packet);
        Partial partial = partialFor(id, length);
        if (partial == null) {
            return 0;
        }
        byte[] copy = new byte[length];
        System.arraycopy(array, at + skip, copy, 0, length);
        boolean isAdded = partial.add(new Piece(start, copy));
        bytes += isAdded ? length : 0;
        if (!isAdded || !fitsLast(partial, isLast, start + length)) {
            spoil(partial);
            return 0;
        }
        if (start == 0) {
            partial.header = headerOf(packet);
        }
        return partial.isWhole() ? join(id, partial) : 0;
    }

    /** Whether all pieces end where the last one says that the payload does. */
    private static boolean fitsLast(Partial partial, boolean isLast, int end) {
        if (isLast && !partial.hasLast) {
            partial.hasLast = true;
            partial.length = end;
        }
        boolean isSame = !isLast || end == partial.length;
        return isSame && (!partial.hasLast || partial.pieces.getLast().end() <= partial.length);
    }

    private static Id idOf(Inbound packet) {
        byte[] array = packet.array();
        int at = packet.transport();
        FlowKey ends =
                new FlowKey(
                        new Endpoint(packet.destination(), 0), new Endpoint(packet.source(), 0));
        return packet.isIpv6()
                ? new Id(ends, BigEndian.getInt(array, at + 4), 0)
                : new Id(
                        ends, Ipv4Header.identification(array, packet.offset()), packet.protocol());
    }

    private static byte[] headerOf(Inbound packet) {
        int length = packet.transport() - packet.offset();
        byte[] header = new byte[length];
        System.arraycopy(packet.array(), packet.offset(), header, 0, length);
        if (packet.isIpv6()) {
            header[6] = packet.array()[packet.transport()]; // what follows the fragment header
        }
        return header;
    }

    private @Nullable Partial partialFor(Id id, int length) {
        Partial partial = partials.get(id);
        if (partial == null) {
            makeRoom(length);
            partial = new Partial(context.nowNs);
            partials.put(id, partial);
            arm();
            return partial;
        }
        boolean isFull = bytes + length > context.setup.limits().reassemblyBytes();
        if (isFull || partial.isSpoilt) {
            context.drop(isFull ? DropReason.STACK_FULL : DropReason.BAD_FRAGMENT);
            return null;
        }
        return partial;
    }

    /** The eldest give way: who sends only halves does not keep others from being put together. */
    private void makeRoom(int length) {
        int mostBytes = context.setup.limits().reassemblyBytes() - length;
        Iterator<Partial> all = partials.values().iterator();
        while (all.hasNext() && (partials.size() >= MOST_DATAGRAMS || bytes > mostBytes)) {
            Partial eldest = all.next();
            all.remove();
            free(eldest);
            context.drop(DropReason.STACK_FULL);
        }
    }

    /** Given up; it stays known, so that its other fragments are dropped too. */
    private void spoil(Partial partial) {
        context.drop(DropReason.BAD_FRAGMENT);
        free(partial);
        partial.isSpoilt = true;
    }

    private void free(Partial partial) {
        for (Piece piece : partial.pieces) {
            bytes -= piece.bytes().length;
        }
        partial.pieces.clear();
    }

    private int join(Id id, Partial partial) {
        byte[] header = partial.header;
        partials.remove(id);
        if (header == null) {
            return 0;
        }
        int at = VirtioHeader.LENGTH;
        VirtioHeader.clear(whole, at);
        System.arraycopy(header, 0, whole, at, header.length);
        for (Piece piece : partial.pieces) {
            int place = at + header.length + piece.start();
            System.arraycopy(piece.bytes(), 0, whole, place, piece.bytes().length);
        }
        free(partial);
        int length = header.length + partial.length;
        if (id.ends().isIpv6()) {
            Ipv6Header.putPayloadLength(whole, at, partial.length);
        } else {
            Ipv4Header.putTotalLength(whole, at, length);
            BigEndian.putShort(whole, at + 6, 0);
            Ipv4Header.fixChecksum(whole, at);
        }
        return length;
    }

    private void arm() {
        Iterator<Partial> all = partials.values().iterator();
        if (all.hasNext()) {
            timer.armAt(all.next().sinceNs + PATIENCE_NS);
        }
    }

    private void expire() {
        Iterator<Partial> all = partials.values().iterator();
        while (all.hasNext()) {
            Partial eldest = all.next();
            if (context.nowNs - eldest.sinceNs < PATIENCE_NS) {
                break;
            }
            all.remove();
            if (!eldest.isSpoilt) {
                context.drop(DropReason.BAD_FRAGMENT);
            }
            free(eldest);
        }
        arm();
    }
}
