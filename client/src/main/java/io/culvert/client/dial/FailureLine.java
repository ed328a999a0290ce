package io.culvert.client.dial;

import io.culvert.client.dial.DialFailure.Stage;
import io.culvert.client.tls.TrustRefusal;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/** Turns what Netty and the JDK throw into one line with a remedy. Stateless, thread-safe. */
final class FailureLine {
    private FailureLine() {}

    /** What {@code cause} means for the attempt at {@code place} ({@code address:port}). */
    static DialFailure of(Throwable cause, String place) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof DialFailure known) {
                return known;
            }
            if (t instanceof TrustRefusal refusal) {
                return new DialFailure(Stage.TLS, String.valueOf(refusal.getMessage()), cause);
            }
        }
        return switch (cause) {
            case NoRouteToHostException e ->
                    new DialFailure(Stage.CONNECT, "no route to " + place + ": is it online?", e);
            case ConnectException e -> refused(e, place);
            case NotSslRecordException e ->
                    new DialFailure(
                            Stage.TLS,
                            place + " does not speak TLS: is it ws:// or another port?",
                            e);
            case SSLException e ->
                    new DialFailure(
                            Stage.TLS,
                            "no TLS with "
                                    + place
                                    + " ("
                                    + oneLine(e)
                                    + "): it must offer TLS 1.2"
                                    + " or 1.3, and nothing in between may cut it",
                            e);
            case ClosedChannelException e ->
                    new DialFailure(
                            Stage.TLS,
                            place + " closed the connection during TLS: is the port right?",
                            e);
            default ->
                    new DialFailure(
                            Stage.CONNECT,
                            "no connection to " + place + ": " + oneLine(cause),
                            cause);
        };
    }

    private static DialFailure refused(ConnectException e, String place) {
        String text = oneLine(e);
        return new DialFailure(
                Stage.CONNECT,
                text.contains("refused")
                        ? place + " refuses connections: is the gateway running on this port?"
                        : "cannot reach " + place + " (" + text + "): is this machine online?",
                e);
    }

    /** The message up to its first control character, bounded: parts of it came from outside. */
    private static String oneLine(Throwable t) {
        String text = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
        int end = 0;
        while (end < Math.min(text.length(), 160) && text.charAt(end) >= ' ') {
            end++;
        }
        return text.substring(0, end);
    }
}
