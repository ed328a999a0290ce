package io.culvert.tests.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * A name server that answers every A question with one address; where the name begins with {@code
 * rebound} every second time with another, and neither may be remembered. Runs in a namespace.
 */
public final class NameServer {
    private static final int HEADER = 12;
    private static final int MAX_QUESTIONS = 100_000;

    private NameServer() {}

    /** Starts one on {@code listen}, answering {@code answer}; each question is a line of it. */
    public static Running start(Namespace where, String listen, String answer) {
        return start(where, listen, answer, answer);
    }

    /** The same, with another answer every second time for names that are rebound. */
    public static Running start(Namespace where, String listen, String answer, String rebound) {
        Running running =
                where.start(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NameServer.class.getName(),
                        listen,
                        answer,
                        rebound);
        running.awaitLine("listening", Duration.ofSeconds(20));
        return running;
    }

    public static void main(String[] args) throws IOException {
        byte[] usual = InetAddress.getByName(args[1]).getAddress();
        byte[] rebound = InetAddress.getByName(args[2]).getAddress();
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(args[0], 53))) {
            System.out.println("listening");
            byte[] buffer = new byte[1500];
            boolean isSecond = false;
            for (int i = 0; i < MAX_QUESTIONS; i++) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] question = Arrays.copyOf(buffer, packet.getLength());
                boolean isBound = !isRebound(question);
                byte[] address = isBound || !isSecond ? usual : rebound;
                byte[] answer = answer(question, address, isBound ? 60 : 0);
                isSecond ^= !isBound && answer.length > question.length;
                System.out.println("question from " + packet.getSocketAddress());
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        }
    }

    private static boolean isRebound(byte[] question) {
        String label =
                new String(question, HEADER + 1, question[HEADER], StandardCharsets.US_ASCII);
        return label.startsWith("rebound");
    }

    /** RFC 1035 §4.1: the question again, and one record for type A; nothing for other types. */
    private static byte[] answer(byte[] question, byte[] address, int seconds) {
        int end = HEADER;
        while (question[end] != 0) {
            end += 1 + question[end];
        }
        end += 5;
        boolean isA = question[end - 3] == 1;
        byte[] answer = Arrays.copyOf(question, isA ? end + 16 : end);
        answer[2] = (byte) 0x81; // a response, recursion desired
        answer[3] = (byte) 0x80; // recursion available, no error
        answer[7] = (byte) (isA ? 1 : 0);
        Arrays.fill(answer, 8, HEADER, (byte) 0);
        if (isA) {
            byte[] record = {(byte) 0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, (byte) seconds, 0, 4};
            System.arraycopy(record, 0, answer, end, record.length);
            System.arraycopy(address, 0, answer, end + record.length, 4);
        }
        return answer;
    }
}
