package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.dial.DialFailure.Stage;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class FailureLineTest {
    private static void assertLine(Throwable cause, Stage stage, String part) {
        DialFailure failure = FailureLine.of(cause, "192.0.2.1:443");
        String line = String.valueOf(failure.getMessage());
        assertEquals(stage, failure.stage());
        assertTrue(line.contains(part), line);
        assertTrue(line.contains("192.0.2.1:443"), line);
    }

    @Test
    void saysWhatNetworkErrorsMean() {
        assertLine(new ConnectException("Connection refused: x"), Stage.CONNECT, "refuses");
        assertLine(new ConnectException("Network is unreachable"), Stage.CONNECT, "online");
        assertLine(new NoRouteToHostException("x"), Stage.CONNECT, "no route");
        assertLine(new IOException("Connection reset"), Stage.CONNECT, "Connection reset");
    }

    @Test
    void saysWhatTlsErrorsMean() {
        assertLine(new NotSslRecordException("x"), Stage.TLS, "does not speak TLS");
        assertLine(new SSLHandshakeException("bad version"), Stage.TLS, "bad version");
        assertLine(new ClosedChannelException(), Stage.TLS, "during TLS");
    }

    @Test
    void keepsFailureThatIsKnownAlready() {
        DialFailure known = new DialFailure(Stage.UPGRADE, "known");
        assertSame(known, FailureLine.of(known, "x"));
        assertSame(known, FailureLine.of(new IOException(known), "x"));
    }

    @Test
    void cutsForeignTextAtControlCharactersAndLength() {
        DialFailure failure = FailureLine.of(new IOException("a\n\u001b[31mb"), "x");
        assertFalse(String.valueOf(failure.getMessage()).contains("b\u001b"));
        assertTrue(String.valueOf(failure.getMessage()).endsWith(": a"));
        DialFailure endless = FailureLine.of(new IOException("y".repeat(9_999)), "x");
        assertTrue(String.valueOf(endless.getMessage()).length() < 300);
    }

    @Test
    void laterStagesTellMore() {
        DialFailure early = new DialFailure(Stage.CONNECT, "a");
        DialFailure late = new DialFailure(Stage.UPGRADE, "b");
        assertTrue(late.tellsMoreThan(early));
        assertFalse(early.tellsMoreThan(late));
        assertFalse(late.tellsMoreThan(late));
    }
}
