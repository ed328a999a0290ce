package io.culvert.server.exit;

import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.NetStack;
import io.culvert.netstack.TcpFlow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection as the peer has it: what it was told. Confined to the test. */
final class PeerFlow implements TcpFlow.Listener {
    final TcpFlow flow;
    final List<String> told = new ArrayList<>();

    /** Null until it is over. */
    @Nullable End end;

    PeerFlow(NetStack stack, Endpoint target) {
        flow = stack.connect(target, this);
    }

    boolean isConnected() {
        return told.contains("connected");
    }

    byte[] read() {
        byte[] bytes = new byte[flow.available()];
        flow.read(bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public void onConnected(TcpFlow connected) {
        told.add("connected");
    }

    @Override
    public void onReadable(TcpFlow from) {}

    @Override
    public void onWritable(TcpFlow to) {}

    @Override
    public void onRemoteEnd(TcpFlow from) {
        told.add("end");
    }

    @Override
    public void onClosed(TcpFlow closed, End how) {
        end = how;
    }
}
