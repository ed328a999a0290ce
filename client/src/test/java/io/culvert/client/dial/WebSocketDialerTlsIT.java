package io.culvert.client.dial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.carrier.Carrier;
import io.culvert.client.dial.DialFailure.Stage;
import io.culvert.client.loop.NettyLoop;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.TestCertificates;
import io.culvert.client.testkit.TestGateway;
import io.culvert.client.testkit.TestGateway.Manner;
import io.culvert.client.tls.ClientTls;
import io.culvert.client.tls.Trust;
import io.culvert.config.Pin;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The dialer over TLS, by BoringSSL and by the JDK: what is about trust. */
@Tag("loopback")
@ExtendWith(LeakWatch.class)
class WebSocketDialerTlsIT {
    private static final TestCertificates LOCALHOST = TestCertificates.forName("localhost");

    @TempDir Path folder;

    private static String url(TestGateway gateway) {
        return "wss://localhost:" + gateway.port() + "/connect";
    }

    private static Trust pin(TestCertificates certificates) {
        return new Trust.Pins(List.of(Pin.of(certificates.certificate().getPublicKey())));
    }

    private void exchange(DialBench bench, TestGateway gateway, Trust trust) throws Exception {
        bench.dial(url(gateway), trust);
        Carrier carrier = bench.recorder().awaitOpen();
        for (int i = 1; i <= 60; i++) {
            byte[] datagram = bench.randomBytes(250 * i);
            bench.send(carrier, datagram);
            assertArrayEquals(datagram, bench.recorder().awaitDatagram());
        }
        assertTrue(gateway.peers().get(0).heardHello());
    }

    @ParameterizedTest
    @CsvSource({"EPOLL,BORINGSSL", "EPOLL,JDK", "NIO,BORINGSSL", "NIO,JDK"})
    void carriesDatagramsToGatewayOfItsAuthority(
            NettyLoop.Transport transport, ClientTls.Provider tls) throws Exception {
        try (TestGateway gateway = TestGateway.wss(LOCALHOST, Manner.ECHO);
                DialBench bench = new DialBench(transport).withTls(tls)) {
            exchange(bench, gateway, new Trust.CaFile(LOCALHOST.writeCa(folder)));
        }
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void carriesDatagramsToPinnedGatewayOfAnyName(ClientTls.Provider tls) throws Exception {
        TestCertificates other = TestCertificates.forName("elsewhere.test");
        try (TestGateway gateway = TestGateway.wss(other, Manner.ECHO);
                DialBench bench = new DialBench().withTls(tls)) {
            exchange(bench, gateway, pin(other));
        }
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void carriesDatagramsToAddressInTheCertificate(ClientTls.Provider tls) throws Exception {
        TestCertificates address = TestCertificates.forAddress("127.0.0.1");
        try (TestGateway gateway = TestGateway.wss(address, Manner.ECHO);
                DialBench bench = new DialBench().withTls(tls)) {
            Trust trust = new Trust.CaFile(address.writeCa(folder));
            bench.dial("wss://127.0.0.1:" + gateway.port(), trust);
            bench.recorder().awaitOpen();
        }
    }

    private DialFailure failure(TestCertificates shown, Trust trust, ClientTls.Provider tls)
            throws Exception {
        try (TestGateway gateway = TestGateway.wss(shown, Manner.ECHO);
                DialBench bench = new DialBench().withTls(tls)) {
            return bench.raceInVain(url(gateway), trust);
        }
    }

    private static void assertTls(DialFailure failure, String part) {
        assertEquals(Stage.TLS, failure.stage());
        String line = String.valueOf(failure.getMessage());
        assertTrue(line.contains(part), line);
        assertFalse(line.contains("\n"), line);
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void refusesAnotherKeyThanThePinnedOne(ClientTls.Provider tls) throws Exception {
        TestCertificates other = TestCertificates.forName("localhost");
        assertTls(failure(LOCALHOST, pin(other), tls), "another key than the pinned one");
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void refusesCertificateThatTheSystemDoesNotTrust(ClientTls.Provider tls) throws Exception {
        assertTls(failure(LOCALHOST, new Trust.SystemStore(), tls), "is not trusted");
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void refusesCertificateOfAnotherAuthority(ClientTls.Provider tls) throws Exception {
        TestCertificates other = TestCertificates.forName("localhost");
        Trust trust = new Trust.CaFile(other.writeCa(folder));
        assertTls(failure(LOCALHOST, trust, tls), "(CaFile =)");
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void refusesCertificateOfAnotherName(ClientTls.Provider tls) throws Exception {
        TestCertificates other = TestCertificates.forName("elsewhere.test");
        Trust trust = new Trust.CaFile(other.writeCa(folder));
        assertTls(failure(other, trust, tls), "for another name than localhost");
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void refusesCertificateThatExpired(ClientTls.Provider tls) throws Exception {
        TestCertificates old = TestCertificates.expired("localhost");
        Trust trust = new Trust.CaFile(old.writeCa(folder));
        assertTls(failure(old, trust, tls), "renew it");
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void saysSoWhereNoTlsIsSpoken(ClientTls.Provider tls) throws Exception {
        try (TestGateway gateway = TestGateway.ws(Manner.NOT_FOUND, 0);
                DialBench bench = new DialBench().withTls(tls)) {
            bench.withTimeout(1_000);
            DialFailure failure = bench.raceInVain(url(gateway), new Trust.SystemStore());
            String line = String.valueOf(failure.getMessage());
            assertTrue(line.contains("does not speak TLS") || line.contains("no answer"), line);
        }
    }

    @ParameterizedTest
    @EnumSource(ClientTls.Provider.class)
    void stopsWritingToGatewayThatDoesNotRead(ClientTls.Provider tls) throws Exception {
        try (TestGateway gateway = TestGateway.wss(LOCALHOST, Manner.DEAF);
                DialBench bench = new DialBench().withTls(tls)) {
            bench.dial(url(gateway), pin(LOCALHOST));
            Carrier carrier = bench.recorder().awaitOpen();
            int sent = 0;
            while (sent < 4_000 && bench.sendIfWritable(carrier, new byte[16_000])) {
                sent++;
            }
            assertTrue(sent > 2 && sent < 1_000, sent + " datagrams of 16000 were taken");
        }
    }

    @ParameterizedTest
    @CsvSource({"EPOLL", "NIO"})
    void marksItsPacketsOrSaysWhyNot(NettyLoop.Transport transport) throws Exception {
        try (TestGateway gateway = TestGateway.wss(LOCALHOST, Manner.ECHO);
                DialBench bench = new DialBench(transport).withMark(0x51820)) {
            if (bench.mayMark()) {
                exchange(bench, gateway, pin(LOCALHOST));
            } else {
                DialFailure failure = bench.raceInVain(url(gateway), pin(LOCALHOST));
                assertEquals(Stage.LOCAL, failure.stage());
                assertTrue(String.valueOf(failure.getMessage()).contains("CAP_NET_ADMIN"));
            }
        }
    }
}
