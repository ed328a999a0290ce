package io.culvert.client.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.config.TunnelFile;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class KnownHostsTest {
    private static final String KEY = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
    private static final String PUBLIC = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
    private static final String OTHER = "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=";
    private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.7");
    private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.8");

    /** What the resolver answers in turn; an empty list is a failure, as is nothing left. */
    private final Queue<List<InetAddress>> answers = new ConcurrentLinkedQueue<>();

    private final List<String> missing = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Void> stop = new CompletableFuture<>();

    @Test
    void knowsWhatWasFoundBeforeTheTunnelCameUp() throws Exception {
        answers.add(List.of(FIRST, SECOND));
        KnownHosts hosts = hosts();
        assertTrue(hosts.find(stop, missing::add));
        assertEquals(List.of(FIRST, SECOND), hosts.known("vpn.example.com"));
        assertEquals("[192.0.2.7, 192.0.2.8]", hosts.remotes().web().toString());
        assertEquals(List.of(), missing);
    }

    @Test
    void triesOnUntilTheNameHasAnAddressAndSaysSoOnce() throws Exception {
        answers.add(List.of());
        answers.add(List.of());
        answers.add(List.of(FIRST));
        KnownHosts hosts = hosts();
        assertTrue(hosts.find(stop, missing::add));
        assertEquals(List.of(FIRST), hosts.known("vpn.example.com"));
        assertEquals(List.of("vpn.example.com"), missing);
    }

    @Test
    void stopEndsTheWaitForAName() throws Exception {
        assertFalse(hosts().find(stop, _ -> stop.complete(null)));
    }

    @Test
    void stopDoesNotWaitForAResolverThatHangs() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        KnownHosts hosts =
                KnownHosts.of(
                        file(webSocket(PUBLIC)),
                        host -> {
                            asked.countDown();
                            await(never);
                            throw new UnknownHostException(host);
                        });
        CompletableFuture<Boolean> found =
                CompletableFuture.supplyAsync(() -> hosts.find(stop, missing::add));
        await(asked);
        stop.complete(null);
        assertFalse(found.get(10, TimeUnit.SECONDS));
        never.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keepsWhatItKnowsWhenTheResolverIsInsideADeadTunnel() throws Exception {
        answers.add(List.of(FIRST));
        KnownHosts hosts = hosts();
        assertTrue(hosts.find(stop, missing::add));
        assertThrows(UnknownHostException.class, () -> hosts.lookup("vpn.example.com"));
        assertEquals(List.of(FIRST), hosts.known("vpn.example.com"));
    }

    @Test
    void takesANewAddressLater() throws Exception {
        answers.add(List.of(FIRST));
        KnownHosts hosts = hosts();
        assertTrue(hosts.find(stop, missing::add));
        answers.add(List.of(SECOND));
        assertEquals(List.of(SECOND), hosts.lookup("vpn.example.com"));
        assertEquals(List.of(SECOND), hosts.known("vpn.example.com"));
    }

    @Test
    void twoPeersOfOneHostTakeOneLookUp() throws Exception {
        answers.add(List.of(FIRST));
        KnownHosts hosts = KnownHosts.of(file(udp(PUBLIC) + udp(OTHER)), this::answer);
        assertTrue(hosts.find(stop, missing::add));
        assertEquals(List.of(FIRST), hosts.known("vpn.example.com"));
        assertEquals("[192.0.2.7]", hosts.remotes().udp().toString());
    }

    private KnownHosts hosts() throws Exception {
        return KnownHosts.of(file(webSocket(PUBLIC)), this::answer);
    }

    private static String webSocket(String key) {
        return "[Peer]\nPublicKey = %s\nAllowedIPs = 0.0.0.0/0, ::/0\n".formatted(key)
                + "#@ WebSocket = wss://vpn.example.com/connect\n";
    }

    private static String udp(String key) {
        return "[Peer]\nPublicKey = %s\nEndpoint = vpn.example.com:51820\n".formatted(key);
    }

    private static TunnelFile file(String peers) throws Exception {
        String head = "[Interface]\nPrivateKey = %s\nAddress = 10.8.0.2/32\n".formatted(KEY);
        return TunnelFile.parse(Path.of("home.conf"), head + peers);
    }

    private List<InetAddress> answer(String host) throws UnknownHostException {
        List<InetAddress> next = answers.poll();
        if (next == null || next.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return next;
    }
}
