package io.culvert.server.exit;

import io.culvert.libc.Errno;
import io.culvert.libc.NativeBuffer;
import io.culvert.libc.SocketCalls.Kind;
import io.culvert.loop.EventLoop;
import io.culvert.netstack.End;
import io.culvert.netstack.Endpoint;
import io.culvert.netstack.UdpFlow;
import io.culvert.netstack.Unreached;
import io.culvert.server.exit.socket.HostSocket;
import io.culvert.server.exit.socket.HostSockets.Opened;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Questions that peers send to the gateway's own address, passed on to this machine's resolvers:
 * each by a socket of its own, so from a port that nobody foretells, and with an identifier of our
 * own. Answers are not looked into: whatever address they name is judged when somebody goes there.
 * Confined to the loop.
 */
final class DnsForwarder implements UdpFlow.Listener {
    private static final int HEADER = 12;
    private static final int FLAGS = 2;
    private static final int RESPONSE_BIT = 0x80;
    private static final int MOST_QUESTION = 4096;
    private static final int MOST_QUESTIONS = 1024;
    private static final int MOST_A_TURN = 8;
    private static final long RETRY_NS = 2_000_000_000L;

    private final Exit exit;
    private final Resolvers resolvers;
    private final SecureRandom random = new SecureRandom();
    private final Set<Question> questions = new LinkedHashSet<>();

    /** The resolver that answered last comes first. */
    private int preferred;

    DnsForwarder(Exit exit, Resolvers resolvers) {
        this.exit = exit;
        this.resolvers = resolvers;
    }

    /** Who is asked now; null where there is nobody. */
    @Nullable Endpoint resolver() {
        List<Endpoint> servers = resolvers.servers();
        return servers.isEmpty() ? null : servers.get(preferred % servers.size());
    }

    @Override
    public void onDatagram(UdpFlow flow, Endpoint from, byte[] array, int offset, int length) {
        boolean isQuestion =
                length >= HEADER
                        && length <= MOST_QUESTION
                        && (array[offset + FLAGS] & RESPONSE_BIT) == 0;
        Endpoint first = resolver();
        if (!isQuestion || first == null || questions.size() >= MOST_QUESTIONS) {
            return;
        }
        FlowPlace place = exit.admission().serve("dns", from, first);
        if (place == null) {
            return;
        }
        byte[] text = Arrays.copyOfRange(array, offset, offset + length);
        Question question = new Question(new Asker(flow, from), text, place);
        questions.add(question);
        question.ask();
    }

    @Override
    public void onUnreachable(UdpFlow flow, Endpoint to, Unreached cause) {}

    /** A flow with anybody ends only by its owner. */
    @Override
    public void onClosed(UdpFlow flow, End end) {}

    void close() {
        List.copyOf(questions).forEach(Question::end);
    }

    /** Who asked, and by which flow of the stack the answer goes. */
    private record Asker(UdpFlow flow, Endpoint from) {}

    /** One question under way. Confined to the loop. */
    private final class Question implements EventLoop.ReadyListener {
        private final Asker asker;
        private final byte[] text;
        private final FlowPlace place;
        private final byte[] identifier = new byte[2];
        private final EventLoop.Timer timer;
        private final int firstServer = preferred;
        private int attempts;

        /** Null before the first attempt, and after one that failed at once. */
        private @Nullable HostSocket socket;

        Question(Asker asker, byte[] text, FlowPlace place) {
            this.asker = asker;
            this.text = text;
            this.place = place;
            this.timer = exit.ground().loop().timer(this::ask);
        }

        /** Asks the next resolver; each is asked twice. */
        void ask() {
            closeSocket();
            List<Endpoint> servers = resolvers.servers();
            if (attempts >= 2 * servers.size()) {
                end(); // the asker asks again, or gives up
                return;
            }
            Endpoint server = servers.get((firstServer + attempts) % servers.size());
            attempts++;
            timer.arm(RETRY_NS);
            if (exit.ground().sockets().open(Kind.UDP, server, this)
                    instanceof Opened.Made(var made)) {
                socket = made;
                made.interest(true, false);
                random.nextBytes(identifier);
                NativeBuffer buffer = exit.buffer();
                buffer.bytes().put(0, identifier).put(2, text, 2, text.length - 2);
                int sent = made.write(buffer, text.length);
                place.sent(Math.max(0, sent));
            }
        }

        @Override
        public void onReady(boolean readable, boolean writable) {
            HostSocket from = socket;
            NativeBuffer buffer = exit.buffer();
            for (int i = 0; i < MOST_A_TURN && from != null; i++) {
                int length = from.read(buffer, buffer.size());
                if (length == -Errno.EAGAIN) {
                    return;
                }
                if (length < 0) {
                    var _ = from.takeError();
                    ask(); // nobody listens there: the next one
                    return;
                }
                if (isAnswer(buffer, length)) {
                    answer(buffer, length);
                    return;
                }
            }
        }

        private boolean isAnswer(NativeBuffer buffer, int length) {
            return length >= HEADER
                    && buffer.bytes().get(0) == identifier[0]
                    && buffer.bytes().get(1) == identifier[1]
                    && (buffer.bytes().get(FLAGS) & RESPONSE_BIT) != 0;
        }

        private void answer(NativeBuffer buffer, int length) {
            preferred = (firstServer + attempts - 1) % resolvers.servers().size();
            byte[] scratch = exit.scratch();
            buffer.bytes().get(0, scratch, 0, length);
            scratch[0] = text[0];
            scratch[1] = text[1];
            place.received(length);
            var _ = asker.flow().sendTo(asker.from(), scratch, 0, length);
            end();
        }

        private void closeSocket() {
            if (socket != null) {
                socket.close();
                socket = null;
            }
        }

        void end() {
            timer.cancel();
            closeSocket();
            place.close();
            questions.remove(this);
        }
    }
}
