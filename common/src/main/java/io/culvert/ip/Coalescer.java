package io.culvert.ip;

/**
 * Merges packets of the same flow into super-packets on their way to the inside: what the kernel's
 * GRO does. Confined to one thread.
 *
 * <ol>
 *   <li>{@link #add} looks for the open run of the packet's flow.
 *   <li>A packet that continues the run is copied to its end; a shorter one or one with PSH ends
 *       the run, which is then written.
 *   <li>Any other packet of the flow has the run written first, so that no flow is ever reordered;
 *       then it begins a run of its own, or is passed on as it came.
 *   <li>{@link #flush} writes the runs that are open. Nothing is held beyond it.
 * </ol>
 *
 * <p>Only packets with right checksums are merged: a merged packet gets new ones, which would hide
 * the damage. A packet that stays alone is written byte for byte as it came.
 */
public final class Coalescer {
    /** Where packets go. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes the packet at {@code array[offset, offset + length)} with the virtio-net header in
         * the ten bytes before it. The array is borrowed until return. Called from within {@link
         * Coalescer#add} and {@link Coalescer#flush}, and must not call back.
         */
        void write(byte[] array, int offset, int length);
    }

    /** Runs open at a time: each has 64 KiB. */
    private static final int MAX_RUNS = 16;

    private final Sink sink;
    private final boolean hasOffloads;
    private final boolean mergesUdp;
    private final PacketView view = new PacketView();

    /** The first {@link #open} ones are open, oldest first; the others wait to be used again. */
    private final Run[] runs = new Run[MAX_RUNS];

    private int created;
    private int open;

    /** Merges TCP segments when {@code hasOffloads}; without, every packet is passed on. */
    public Coalescer(Sink sink, boolean hasOffloads) {
        this(sink, hasOffloads, false);
    }

    /** The same, merging UDP datagrams too when {@code mergesUdp} (Linux 6.2 on). */
    public Coalescer(Sink sink, boolean hasOffloads, boolean mergesUdp) {
        this.sink = sink;
        this.hasOffloads = hasOffloads;
        this.mergesUdp = hasOffloads && mergesUdp;
    }

    /**
     * Takes an ordinary packet. The array is borrowed until return; the ten bytes before the packet
     * are overwritten.
     */
    public void add(byte[] array, int offset, int length) {
        if (!hasOffloads || !view.read(array, offset, length)) {
            pass(array, offset, length);
            return;
        }
        int total = view.totalLength();
        boolean isTcp = view.protocol() == IpPacket.TCP;
        boolean isUdp = view.protocol() == IpPacket.UDP;
        if (view.isFragment() || !view.isPlain()) {
            flush(); // its flow cannot be told cheaply, and this is rare
            pass(array, offset, total);
        } else if (isTcp || (isUdp && mergesUdp)) {
            merge(array, offset);
        } else {
            pass(array, offset, total);
        }
    }

    /**
     * Takes a packet with a valid virtio-net header before it ({@link Segmenter#check} is the
     * caller's), to be written as it is, behind what is held of its flow.
     */
    public void addOffloaded(byte[] array, int offset, int length) {
        if (VirtioHeader.isZero(array, offset)) {
            add(array, offset, length);
            return;
        }
        if (!hasOffloads) {
            throw new IllegalStateException("a super-packet for an inside without offloads");
        }
        int total = length;
        if (view.read(array, offset, length) && view.isPlain() && !view.isFragment()) {
            total = view.totalLength();
            writeRun(find(FlowHash.of(array, offset, total), array, offset));
        } else {
            flush();
        }
        sink.write(array, offset, total);
    }

    private void merge(byte[] array, int offset) {
        int hash = FlowHash.of(array, offset, view.totalLength());
        int index = find(hash, array, offset);
        boolean isMergeable = Run.isMergeable(view, array, offset);
        if (isMergeable && index >= 0 && runs[index].append(view, array, offset)) {
            if (runs[index].isEnded()) {
                writeRun(index);
            }
            return;
        }
        writeRun(index);
        if (isMergeable && Run.mayBegin(view, array, offset)) {
            begin(hash, array, offset);
        } else {
            pass(array, offset, view.totalLength());
        }
    }

    private int find(int hash, byte[] array, int offset) {
        for (int i = 0; i < open; i++) {
            if (runs[i].holds(hash, view, array, offset)) {
                return i;
            }
        }
        return -1;
    }

    private void begin(int hash, byte[] array, int offset) {
        if (open == MAX_RUNS) {
            writeRun(0);
        }
        if (open == created) {
            runs[created++] = new Run();
        }
        runs[open++].begin(hash, view, array, offset);
    }

    /** Writes the run and frees it; nothing for -1. */
    private void writeRun(int index) {
        if (index < 0) {
            return;
        }
        Run run = runs[index];
        open--;
        System.arraycopy(runs, index + 1, runs, index, open - index);
        runs[open] = run;
        run.writeTo(sink);
    }

    private void pass(byte[] array, int offset, int length) {
        VirtioHeader.clear(array, offset);
        sink.write(array, offset, length);
    }

    /** Writes out all that is held, oldest run first. */
    public void flush() {
        int count = open;
        open = 0;
        for (int i = 0; i < count; i++) {
            runs[i].writeTo(sink);
        }
    }

    /** How many runs are open, for tests. */
    int openRuns() {
        return open;
    }
}
