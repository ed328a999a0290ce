package io.culvert.netstack;

/**
 * What a flow has to tell its listener: each thing once, in the order that makes sense, when the
 * stack is done. Confined to the stack's thread.
 */
final class FlowEvents implements Runnable {
    private static final int CONNECTED = 0b1;
    private static final int READABLE = 0b10;
    private static final int WRITABLE = 0b100;
    private static final int REMOTE_END = 0b1000;
    private static final int CLOSED = 0b1_0000;

    private final TcpFlow flow;
    private final Context context;
    private final TcpFlow.Listener listener;
    private int waiting;
    private End end = End.ABORTED; // only once closed

    FlowEvents(TcpFlow flow, Context context, TcpFlow.Listener listener) {
        this.flow = flow;
        this.context = context;
        this.listener = listener;
    }

    void onConnected() {
        add(CONNECTED);
    }

    void onReadable() {
        add(READABLE);
    }

    void onWritable() {
        add(WRITABLE);
    }

    void onRemoteEnd() {
        add(REMOTE_END);
    }

    void onClosed(End how) {
        end = how;
        add(CLOSED);
    }

    private void add(int event) {
        if (waiting == 0) {
            context.events.add(this);
            context.outlet.wake();
        }
        waiting |= event;
    }

    /** Tells what waits. */
    @Override
    public void run() {
        int events = waiting;
        waiting = 0;
        if ((events & CONNECTED) != 0 && !isCut()) {
            listener.onConnected(flow);
        }
        if ((events & READABLE) != 0 && !flow.isReadClosed() && flow.available() > 0) {
            listener.onReadable(flow);
        }
        if ((events & REMOTE_END) != 0 && !flow.isReadClosed() && !isCut()) {
            listener.onRemoteEnd(flow);
        }
        if ((events & WRITABLE) != 0 && flow.state().mayWrite()) {
            listener.onWritable(flow);
        }
        if ((events & CLOSED) != 0) {
            listener.onClosed(flow, end);
        }
    }

    /** Whether it ended in a way after which nothing else matters. */
    private boolean isCut() {
        return flow.state() == TcpState.CLOSED && end != End.FINISHED;
    }
}
