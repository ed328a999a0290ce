package io.culvert.client.tls;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.testkit.TestCertificates;
import io.culvert.client.tls.TrustRefusal.Reason;
import io.culvert.config.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustStoresTest {
    private static final TestCertificates GATEWAY = TestCertificates.forName("gw.test");

    @TempDir Path folder;

    private static X509Certificate[] chain(TestCertificates certificates) {
        return new X509Certificate[] {certificates.certificate(), certificates.ca()};
    }

    private static TrustRefusal refusal(Trust trust, TestCertificates shown) {
        X509ExtendedTrustManager manager = TrustStores.open(trust);
        return assertThrows(
                TrustRefusal.class, () -> manager.checkServerTrusted(chain(shown), "ECDHE_ECDSA"));
    }

    private static String line(Path path) {
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> TrustStores.open(new Trust.CaFile(path)));
        String line = String.valueOf(refusal.getMessage());
        assertTrue(line.contains(path.toString()), line);
        return line;
    }

    @Test
    void trustsWhatTheCaFileSigned() throws IOException {
        Trust trust = new Trust.CaFile(GATEWAY.writeCa(folder));
        X509ExtendedTrustManager manager = TrustStores.open(trust);
        assertDoesNotThrow(() -> manager.checkServerTrusted(chain(GATEWAY), "ECDHE_ECDSA"));
        assertEquals(1, manager.getAcceptedIssuers().length);
        TestCertificates other = TestCertificates.forName("gw.test");
        assertEquals(Reason.UNTRUSTED, refusal(trust, other).reason());
    }

    @Test
    void tellsExpiryFromMissingTrust() throws IOException {
        TestCertificates old = TestCertificates.expired("gw.test");
        TrustRefusal refusal = refusal(new Trust.CaFile(old.writeCa(folder)), old);
        assertEquals(Reason.EXPIRED, refusal.reason());
    }

    @Test
    void doesNotTrustStrangersByTheSystemsStore() {
        assertEquals(Reason.UNTRUSTED, refusal(new Trust.SystemStore(), GATEWAY).reason());
    }

    @Test
    void trustsExactlyThePinnedKey() {
        Trust trust = new Trust.Pins(List.of(Pin.of(GATEWAY.certificate().getPublicKey())));
        X509ExtendedTrustManager manager = TrustStores.open(trust);
        assertDoesNotThrow(() -> manager.checkServerTrusted(chain(GATEWAY), "ECDHE_ECDSA"));
        TestCertificates other = TestCertificates.forName("gw.test");
        TrustRefusal refusal = refusal(trust, other);
        assertEquals(Reason.PIN_MISMATCH, refusal.reason());
        String shown = Pin.of(other.certificate().getPublicKey()).toString();
        assertTrue(String.valueOf(refusal.getMessage()).contains(shown));
    }

    @Test
    void pinOfTheAuthorityIsNotThePinOfTheGateway() {
        Trust trust = new Trust.Pins(List.of(Pin.of(GATEWAY.ca().getPublicKey())));
        assertEquals(Reason.PIN_MISMATCH, refusal(trust, GATEWAY).reason());
    }

    @Test
    void refusesFilesThatHoldNoCertificates() throws IOException {
        assertTrue(line(folder.resolve("absent.pem")).contains("does it exist"));
        assertTrue(
                line(Files.writeString(folder.resolve("empty.pem"), ""))
                        .contains("no certificate"));
        Path wrong =
                Files.writeString(folder.resolve("wrong.pem"), "-----BEGIN CERTIFICATE-----\nx");
        assertTrue(line(wrong).contains("cannot parse"));
    }

    @Test
    void isNoServer() {
        X509ExtendedTrustManager pinned =
                TrustStores.open(
                        new Trust.Pins(List.of(Pin.of(GATEWAY.certificate().getPublicKey()))));
        assertThrows(
                CertificateException.class,
                () -> pinned.checkClientTrusted(chain(GATEWAY), "UNKNOWN"));
    }
}
