package io.culvert.netstack.tcp;

/**
 * How large a flow's receive buffer shall be: twice what the application read in a round trip, so
 * that the window is never what holds the sender back. Confined to one thread.
 */
public final class WindowTuning {
    private final int mostBytes;
    private int capacityBytes;
    private long readBytes; // since the round trip began
    private long roundNs;
    private boolean hasRound;
    private long rttNs; // least round trip that was seen; 0: none

    /** A buffer that begins with that capacity and never has more than the other. */
    public WindowTuning(int firstBytes, int mostBytes) {
        this.capacityBytes = firstBytes;
        this.mostBytes = mostBytes;
    }

    /** The capacity now. */
    public int capacityBytes() {
        return capacityBytes;
    }

    /** A round trip as an echoed timestamp tells it. */
    public void onRtt(long sampleNs) {
        long sample = Math.max(1, sampleNs);
        // the least, which slowly gives in to what is larger
        rttNs = rttNs == 0 || sample < rttNs ? sample : rttNs + (sample - rttNs) / 16;
    }

    /** The application read so many bytes. */
    public void onRead(int bytes) {
        readBytes += bytes;
    }

    /** Data came; judges once a round trip. {@code mayGrow}: there is memory. */
    public void onData(long nowNs, int mss, boolean mayGrow) {
        if (!hasRound) {
            hasRound = true;
            roundNs = nowNs;
            readBytes = 0;
            return;
        }
        if (rttNs == 0 || nowNs - roundNs < rttNs) {
            return;
        }
        long wanted = 2 * readBytes + 16L * mss;
        if (wanted > capacityBytes && mayGrow) {
            // the sender may double what it sends each round trip: stay ahead of it
            capacityBytes = (int) Math.min(mostBytes, Math.max(wanted, 2L * capacityBytes));
        }
        readBytes = 0;
        roundNs = nowNs;
    }
}
