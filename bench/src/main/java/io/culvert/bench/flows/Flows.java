package io.culvert.bench.flows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Clients of an {@link Echoes}, by forwards or not.
 *
 * <pre>
 * Flows HOST PORT            then commands, one a line:
 *   tcp COUNT PER-SECOND         connections that stay, each with one echo
 *   udp COUNT PER-SECOND         sockets that stay, each with one echo
 *   ask PER-SECOND               one echo more of all that stays
 *   short PER-SECOND SECONDS     connect, one echo, close
 *   close                        all that stays
 * </pre>
 *
 * <p>It ends with its input. Confined to the main thread, but for the questions, which have virtual
 * threads.
 */
public final class Flows {
    /** Of each question. */
    static final int ECHO_BYTES = 64;

    private static final int MOST_QUESTIONS = 200_000;
    private static final double NS_PER_S = 1e9;
    private static final long STEP_NS = 1_000_000;

    private final InetSocketAddress server;
    private final List<EchoFlow> held = new CopyOnWriteArrayList<>();

    private Flows(InetSocketAddress server) {
        this.server = server;
    }

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Flows flows = new Flows(new InetSocketAddress(args[0], Integer.parseInt(args[1])));
        System.out.println("flowing");
        var in = new InputStreamReader(System.in, StandardCharsets.US_ASCII);
        BufferedReader lines = new BufferedReader(in);
        for (String line; (line = lines.readLine()) != null && !line.isBlank(); ) {
            String answer = flows.obey(line.strip().split(" "));
            System.out.printf("{\"command\": \"%s\", %s}%n", line.strip(), answer);
        }
    }

    private String obey(String[] words) {
        return switch (words[0]) {
            case "tcp" -> paced(number(words, 1), number(words, 2), _ -> holding(EchoFlow::tcp));
            case "udp" -> paced(number(words, 1), number(words, 2), _ -> holding(EchoFlow::udp));
            case "ask" -> {
                List<EchoFlow> all = List.copyOf(held);
                yield paced(all.size(), number(words, 1), i -> all.get(i)::ask);
            }
            case "short" -> {
                int count = number(words, 1) * number(words, 2);
                yield paced(count, number(words, 1), _ -> this::askOnce);
            }
            case "close" -> {
                held.forEach(EchoFlow::close);
                held.clear();
                yield "\"held\": 0";
            }
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static int number(String[] words, int at) {
        return Integer.parseInt(words[at]);
    }

    /** A question that may fail. */
    @FunctionalInterface
    private interface Question {
        void ask() throws IOException;
    }

    /** What opens a flow. */
    @FunctionalInterface
    private interface Opening {
        EchoFlow open(InetSocketAddress server) throws IOException;
    }

    private Question holding(Opening opening) {
        return () -> {
            EchoFlow flow = opening.open(server);
            held.add(flow);
            flow.ask();
        };
    }

    private void askOnce() throws IOException {
        try (EchoFlow flow = EchoFlow.tcp(server)) {
            flow.ask();
        }
    }

    /** Asks as many, so many a second, and waits for all. */
    private static String paced(int count, int perSecond, IntFunction<Question> question) {
        if (count > MOST_QUESTIONS) {
            throw new IllegalArgumentException("more than this is meant for: " + count);
        }
        Asked asked = new Asked(count);
        Thread.Builder threads =
                Thread.ofVirtual().uncaughtExceptionHandler((_, _) -> asked.onFailure());
        Consumer<Question> begin = next -> threads.start(() -> ask(next, asked));
        long beganNs = System.nanoTime();
        int begun = 0;
        while (!asked.isOver()) {
            double due = (System.nanoTime() - beganNs) / NS_PER_S * perSecond;
            for (; begun < Math.min(count, due); begun++) {
                begin.accept(question.apply(begun));
            }
            LockSupport.parkNanos(STEP_NS);
        }
        double seconds = (System.nanoTime() - beganNs) / NS_PER_S;
        return "%s, \"perSecond\": %d".formatted(asked.members(), Math.round(count / seconds));
    }

    /** What fails is counted by the thread's handler. */
    private static void ask(Question question, Asked asked) {
        long beganNs = System.nanoTime();
        try {
            question.ask();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        asked.onAnswer(System.nanoTime() - beganNs);
    }
}
