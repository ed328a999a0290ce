package io.culvert.client.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.culvert.config.TunnelFile;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KnownHostsTest {
    private static final String KEY = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
    private static final String PUBLIC = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

    /** What the resolver answers in turn; an empty list is a failure. */
    private final ArrayDeque<List<InetAddress>> answers = new ArrayDeque<>();

    @Test
    void answersTheFirstTimeWithWhatWasFoundBeforeTheTunnelCameUp() throws Exception {
        answers.add(List.of(address("192.0.2.7")));
        KnownHosts hosts = hosts();
        assertEquals(List.of(address("192.0.2.7")), hosts.lookup("vpn.example.com"));
        assertEquals("[192.0.2.7]", hosts.remotes().web().toString());
    }

    @Test
    void keepsWhatItKnowsWhenTheResolverIsInsideADeadTunnel() throws Exception {
        answers.add(List.of(address("192.0.2.7")));
        KnownHosts hosts = hosts();
        answers.add(List.of());
        answers.add(List.of());
        assertEquals(List.of(address("192.0.2.7")), hosts.lookup("vpn.example.com"));
        assertEquals(List.of(address("192.0.2.7")), hosts.lookup("vpn.example.com"));
    }

    @Test
    void takesANewAddressLater() throws Exception {
        answers.add(List.of(address("192.0.2.7")));
        KnownHosts hosts = hosts();
        answers.add(List.of(address("192.0.2.8")));
        assertEquals(List.of(address("192.0.2.7")), hosts.lookup("vpn.example.com"));
        assertEquals(List.of(address("192.0.2.8")), hosts.lookup("vpn.example.com"));
    }

    @Test
    void triesAgainAHostThatWasNotFoundAtFirst() throws Exception {
        answers.add(List.of());
        KnownHosts hosts = hosts();
        answers.add(List.of());
        assertThrows(UnknownHostException.class, () -> hosts.lookup("vpn.example.com"));
        answers.add(List.of(address("192.0.2.9")));
        assertEquals(List.of(address("192.0.2.9")), hosts.lookup("vpn.example.com"));
    }

    private KnownHosts hosts() throws Exception {
        String text =
                """
                [Interface]
                PrivateKey = %s
                Address = 10.8.0.2/32
                [Peer]
                PublicKey = %s
                AllowedIPs = 0.0.0.0/0, ::/0
                #@ WebSocket = wss://vpn.example.com/connect
                """
                        .formatted(KEY, PUBLIC);
        return KnownHosts.of(TunnelFile.parse(Path.of("home.conf"), text), this::answer);
    }

    private List<InetAddress> answer(String host) throws UnknownHostException {
        List<InetAddress> next = answers.removeFirst();
        if (next.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return next;
    }

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
