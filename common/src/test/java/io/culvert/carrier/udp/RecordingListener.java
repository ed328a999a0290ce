package io.culvert.carrier.udp;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import io.culvert.carrier.Hello;
import io.culvert.loop.epoll.EpollLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a socket tells, and stops the loop when enough has come. Confined to the loop. */
final class RecordingListener implements CarrierListener {
    private final EpollLoop loop;
    private final List<byte[]> datagrams = new ArrayList<>();
    private final List<Integer> trafficClasses = new ArrayList<>();
    private int readEnds;
    private int stopAfter = Integer.MAX_VALUE;
    private @Nullable Carrier last;
    private @Nullable UdpSocket closedAtFirst;

    RecordingListener(EpollLoop loop) {
        this.loop = loop;
    }

    void stopAfter(int count) {
        stopAfter = count;
    }

    void closeAtFirst(UdpSocket socket) {
        closedAtFirst = socket;
    }

    List<byte[]> datagrams() {
        return datagrams;
    }

    List<String> texts() {
        return datagrams.stream().map(d -> new String(d, StandardCharsets.UTF_8)).toList();
    }

    int readEnds() {
        return readEnds;
    }

    Carrier last() {
        if (last == null) {
            throw new AssertionError("nothing came yet");
        }
        return last;
    }

    List<Integer> trafficClasses() {
        return trafficClasses;
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length) {
        throw new AssertionError("a UDP socket tells traffic classes");
    }

    @Override
    public void onDatagram(Carrier from, byte[] array, int offset, int length, int trafficClass) {
        trafficClasses.add(trafficClass);
        datagrams.add(Arrays.copyOfRange(array, offset, offset + length));
        Arrays.fill(array, offset, offset + length, (byte) 0x5a);
        last = from;
        if (closedAtFirst != null) {
            closedAtFirst.close();
        }
        if (datagrams.size() == stopAfter) {
            loop.stop();
        }
    }

    @Override
    public void onReadEnd(Carrier from) {
        if (!from.equals(last)) {
            throw new AssertionError(from + " after " + last);
        }
        readEnds++;
    }

    @Override
    public void onOpen(Carrier carrier) {
        throw new AssertionError("a UDP socket never tells this");
    }

    @Override
    public void onWritable(Carrier carrier) {
        throw new AssertionError("a UDP socket never tells this");
    }

    @Override
    public void onHello(Carrier from, Hello hello) {
        throw new AssertionError("a UDP socket never tells this");
    }

    @Override
    public void onDrain(Carrier from, long afterMs) {
        throw new AssertionError("a UDP socket never tells this");
    }

    @Override
    public void onClosed(Carrier carrier) {
        throw new AssertionError("a UDP socket never tells this");
    }
}
