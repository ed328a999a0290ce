package io.culvert.server.exit;

import io.culvert.ip.IpAddress;
import io.culvert.libc.Errno;
import io.culvert.libc.NativeBuffer;
import io.culvert.libc.SocketCalls.Kind;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.Endpoint;
import io.culvert.server.exit.socket.HostSocket;
import io.culvert.server.exit.socket.HostSockets;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Sockets in memory, ready when a test says so. Confined to the test. */
final class FakeSockets implements HostSockets {
    final List<FakeSocket> opened = new ArrayList<>();
    final Set<IpAddress> own = new HashSet<>();

    /** How many there ever were. */
    int count;

    /** Of the next ones; 0: they are made. */
    int refusal;

    @Override
    public Opened open(Kind kind, Endpoint to, EventLoop.ReadyListener listener) {
        if (refusal != 0) {
            return new Opened.Refused(refusal);
        }
        FakeSocket socket = new FakeSocket(kind, to, listener);
        opened.add(socket);
        count++;
        return new Opened.Made(socket);
    }

    @Override
    public boolean isOwn(Endpoint address) {
        return own.contains(address.address());
    }

    FakeSocket last() {
        return opened.getLast();
    }

    long open() {
        return opened.stream().filter(socket -> !socket.isClosed).count();
    }

    /** One of them. */
    static final class FakeSocket implements HostSocket {
        final Kind kind;
        final Endpoint target;
        final List<byte[]> datagrams = new ArrayList<>();
        final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final EventLoop.ReadyListener listener;
        private final ArrayDeque<byte[]> coming = new ArrayDeque<>();
        boolean isEnded;
        boolean isReadWanted;
        boolean isWriteWanted;
        boolean isOutputShut;
        boolean isClosed;
        boolean isReset;
        int room = Integer.MAX_VALUE;
        int readError;
        int writeError;
        int error;

        FakeSocket(Kind kind, Endpoint target, EventLoop.ReadyListener listener) {
            this.kind = kind;
            this.target = target;
            this.listener = listener;
        }

        /** Something comes from the target, and the socket is ready. */
        void comes(byte[] bytes) {
            coming.add(bytes);
            ready();
        }

        /** Tells what a loop would. */
        void ready() {
            boolean isReadable = isReadWanted && (!coming.isEmpty() || isEnded || readError != 0);
            boolean isWritable = isWriteWanted && room > 0;
            if (!isClosed && (isReadable || isWritable)) {
                listener.onReady(isReadable, isWritable);
            }
        }

        /** The target accepts, or fails with this error. */
        void answers(int errno) {
            error = errno;
            if (!isClosed) {
                listener.onReady(errno != 0, true);
            }
        }

        int left() {
            return coming.stream().mapToInt(bytes -> bytes.length).sum();
        }

        @Override
        public int read(NativeBuffer buffer, int length) {
            if (readError != 0) {
                int told = readError;
                readError = 0;
                return -told;
            }
            byte[] head = coming.poll();
            if (head == null) {
                return isEnded ? 0 : -Errno.EAGAIN;
            }
            int count = Math.min(length, head.length);
            buffer.bytes().put(0, head, 0, count);
            if (count < head.length && kind == Kind.TCP) {
                coming.addFirst(Arrays.copyOfRange(head, count, head.length));
            }
            return count;
        }

        @Override
        public int write(NativeBuffer buffer, int length) {
            if (writeError != 0) {
                return -writeError;
            }
            int count = Math.min(length, room);
            if (count == 0 && length > 0) {
                return -Errno.EAGAIN;
            }
            byte[] bytes = new byte[count];
            buffer.bytes().get(0, bytes);
            room -= room == Integer.MAX_VALUE ? 0 : count;
            written.writeBytes(bytes);
            datagrams.add(bytes);
            return count;
        }

        @Override
        public int takeError() {
            int told = error;
            error = 0;
            return told;
        }

        @Override
        public void shutdownOutput() {
            isOutputShut = true;
        }

        @Override
        public void interest(boolean readable, boolean writable) {
            isReadWanted = readable;
            isWriteWanted = writable;
        }

        @Override
        public void close() {
            isClosed = true;
        }

        @Override
        public void reset() {
            isReset = !isClosed;
            isClosed = true;
        }
    }
}
