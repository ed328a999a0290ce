package io.culvert.app.demo;

import io.culvert.time.MonotonicClock;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Both ends of the demonstration's file transfer, each a process of its own. Both have the file;
 * what arrives is compared with it by its SHA-256.
 *
 * <p>A connection carries one transfer: the client says DOWN or UP; who sends then sends its length
 * and the file. After an upload the server says RECEIVED, and then the hash of what it received.
 */
public final class FilePeer {
    private static final int DOWN = 'd';
    private static final int UP = 'u';
    private static final int RECEIVED = 'r';
    private static final int LONGEST_FILE = 256 << 20;
    private static final int CHUNK = 256 << 10;
    private static final int TIMEOUT_MS = 20_000;

    private FilePeer() {}

    /** Serves until the process is ended. */
    public static void serve(InetSocketAddress address, Path file, PrintWriter err)
            throws IOException {
        byte[] content = Files.readAllBytes(file);
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(address);
            err.println("ready: serves " + address);
            err.flush();
            while (true) {
                try (Socket client = listener.accept()) {
                    answer(client, content);
                } catch (IOException e) {
                    err.println("a transfer failed: " + e.getMessage());
                    err.flush();
                }
            }
        }
    }

    private static void answer(Socket client, byte[] content) throws IOException {
        client.setSoTimeout(TIMEOUT_MS);
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        switch (in.read()) {
            case DOWN -> send(out, content);
            case UP -> {
                byte[] received = receive(in);
                out.write(RECEIVED);
                out.write(hash(received));
            }
            default -> throw new IOException("neither up nor down");
        }
    }

    /**
     * What a transfer came to.
     *
     * @param bytes the file's length
     * @param durationNs from the request to the last byte at the other end
     * @param isSame whether what arrived is the file
     * @param sha256 in hexadecimal, of what arrived
     */
    public record Transfer(long bytes, long durationNs, boolean isSame, String sha256) {}

    /** Fetches the file. */
    public static Transfer download(InetSocketAddress server, Path file, MonotonicClock clock)
            throws IOException {
        byte[] expected = hash(Files.readAllBytes(file));
        try (Socket socket = connect(server)) {
            long startNs = clock.nowNs();
            socket.getOutputStream().write(DOWN);
            byte[] received = receive(new DataInputStream(socket.getInputStream()));
            return transfer(received.length, clock.nowNs() - startNs, expected, hash(received));
        }
    }

    /** Sends the file. */
    public static Transfer upload(InetSocketAddress server, Path file, MonotonicClock clock)
            throws IOException {
        byte[] content = Files.readAllBytes(file);
        byte[] expected = hash(content);
        try (Socket socket = connect(server)) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            long startNs = clock.nowNs();
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.write(UP);
            send(out, content);
            if (in.read() != RECEIVED) {
                throw new EOFException("the other end did not receive the file");
            }
            long durationNs = clock.nowNs() - startNs;
            return transfer(content.length, durationNs, expected, in.readNBytes(expected.length));
        }
    }

    private static Transfer transfer(long bytes, long durationNs, byte[] expected, byte[] actual) {
        String text = HexFormat.of().formatHex(actual);
        return new Transfer(bytes, durationNs, Arrays.equals(expected, actual), text);
    }

    private static Socket connect(InetSocketAddress server) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(server, TIMEOUT_MS);
        return socket;
    }

    private static void send(DataOutputStream out, byte[] content) throws IOException {
        out.writeInt(content.length);
        for (int at = 0; at < content.length; at += CHUNK) {
            out.write(content, at, Math.min(CHUNK, content.length - at));
        }
    }

    private static byte[] receive(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LONGEST_FILE) {
            throw new IOException("a file of " + length + " bytes was announced");
        }
        byte[] received = new byte[length];
        int at = 0;
        while (at < length) {
            int count = in.read(received, at, Math.min(CHUNK, length - at));
            if (count < 0) {
                throw new EOFException("the file ended after " + at + " bytes");
            }
            at += count;
        }
        return received;
    }

    private static byte[] hash(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** An address and port that both ends agree on. */
    public static InetSocketAddress at(String address, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(address), port);
    }
}
