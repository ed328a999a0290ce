package io.culvert.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.culvert.client.dial.AddressSource;
import io.culvert.host.HostsFile;
import io.culvert.host.RunDir;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a resolver found is found again by the run after a killed one. */
class RememberedHostsTest {
    private static final String HOST = "vpn.example.com";
    private static final AddressSource CUT_OFF =
            host -> {
                throw new UnknownHostException(host);
            };

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    private HostsFile file() {
        return new HostsFile(new RunDir(folder), "wg0");
    }

    @Test
    void handsOutWhatAnEarlierRunFound() throws Exception {
        List<InetAddress> found =
                List.of(InetAddress.getByName("192.0.2.7"), InetAddress.getByName("2001:db8::7"));
        new RememberedHosts(host -> found, file(), false).lookup(HOST);

        assertEquals(found, new RememberedHosts(CUT_OFF, file(), false).lookup(HOST));
        assertThrows(
                UnknownHostException.class,
                () -> new RememberedHosts(CUT_OFF, file(), false).lookup("other"));
    }

    @Test
    void doesNotWaitForAResolverBehindTheKillSwitchButAsksItLater() throws Exception {
        InetAddress before = InetAddress.getByName("192.0.2.7");
        InetAddress now = InetAddress.getByName("192.0.2.8");
        new RememberedHosts(host -> List.of(before), file(), false).lookup(HOST);
        RememberedHosts next = new RememberedHosts(host -> List.of(now), file(), true);

        assertEquals(List.of(before), next.lookup(HOST));
        assertEquals(List.of(now), next.lookup(HOST));
        assertEquals(List.of("192.0.2.8"), file().read().get(HOST));
    }
}
