package io.culvert.server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.server.config.TlsFiles;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GatewayTlsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

    @TempDir private Path folder;
    private TlsFiles files;

    @BeforeEach
    void nameFiles() {
        files = new TlsFiles(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    }

    @Test
    void makesACertificateOnceAndKeepsItForItsOwnerOnly() throws Exception {
        Path state = folder.resolve("state/tls");
        String pin = GatewayTls.open(null, state, NOW).pin();
        assertTrue(pin.matches("sha256/[A-Za-z0-9+/]{43}="), pin);
        assertEquals(pin, GatewayTls.open(null, state, NOW).pin());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(state.resolve("gateway-key.pem"))));
        assertNotEquals(pin, GatewayTls.open(null, folder.resolve("other"), NOW).pin());
    }

    @Test
    void refusesAStateFolderThatCannotBe() throws Exception {
        Path blocked = Files.writeString(folder.resolve("file"), "x").resolve("state");
        String message = refusal(() -> GatewayTls.open(null, blocked, NOW));
        assertTrue(message.contains("let this user write there"), message);
    }

    @ParameterizedTest
    @CsvSource({"RSA,pkcs8", "RSA,pkcs1", "EC,pkcs8", "EC,sec1"})
    void readsKeysInAnyForm(String algorithm, String form) throws Exception {
        KeyPair pair = pair(algorithm);
        writeCertificate(pair);
        if (form.equals("pkcs8")) {
            writePem(new PemObject("PRIVATE KEY", pair.getPrivate().getEncoded()));
        } else {
            writeTraditional(pair.getPrivate());
            assertTrue(
                    Files.readString(files.key()).contains("BEGIN " + algorithm + " PRIVATE KEY"));
        }
        assertTrue(open().pin().startsWith("sha256/"));
    }

    @Test
    void readsASec1KeyBehindItsParameters() throws Exception {
        KeyPair pair = pair("EC");
        writeCertificate(pair);
        writeTraditional(pair.getPrivate());
        String key = Files.readString(files.key());
        Files.writeString(
                files.key(),
                "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                        + key);
        assertTrue(open().pin().startsWith("sha256/"));
    }

    @Test
    void pinsTheKeyNotTheCertificate() throws Exception {
        KeyPair pair = pair("EC");
        writeCertificate(pair);
        writeTraditional(pair.getPrivate());
        String pin = open().pin();
        writeCertificate(pair); // same key, another serial number
        assertEquals(pin, open().pin());
    }

    @Test
    void refusesAKeyOfAnotherCertificate() throws Exception {
        writeCertificate(pair("EC"));
        writeTraditional(pair("EC").getPrivate());
        assertTrue(refusal(this::open).contains("is not the key of"));
        writeTraditional(pair("RSA").getPrivate());
        assertTrue(refusal(this::open).contains("is not the key of"));
    }

    @Test
    void refusesWhatIsNoPem() throws Exception {
        KeyPair pair = pair("EC");
        writeCertificate(pair);
        assertTrue(refusal(this::open).contains("cannot be read"));
        Files.writeString(files.key(), "hello");
        assertTrue(refusal(this::open).contains("holds no private key"));
        Files.writeString(
                files.key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertTrue(refusal(this::open).contains("holds a broken private key"));
        writeTraditional(pair.getPrivate());
        Files.writeString(files.certificate(), "");
        assertTrue(refusal(this::open).contains("holds no certificate"));
        Files.writeString(
                files.certificate(),
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertTrue(refusal(this::open).contains("holds a broken certificate"));
    }

    @ParameterizedTest
    @CsvSource({
        "OPENSSH PRIVATE KEY, b3BlbnNzaC1rZXktdjEAAAAA",
        "PRIVATE KEY, ????",
        "EC PRIVATE KEY, MHc=",
        "RSA PRIVATE KEY, A"
    })
    void refusesABrokenKey(String kind, String content) throws Exception {
        writeCertificate(pair("EC"));
        String begin = "-----BEGIN " + kind + "-----\n" + content;
        Files.writeString(files.key(), begin + "\n-----END " + kind + "-----\n");
        assertTrue(refusal(this::open).contains("holds a broken private key"));
        Files.writeString(files.key(), begin);
        assertTrue(refusal(this::open).contains("holds a broken private key"), "cut off");
    }

    @Test
    void takesAChangedPairAndOnlyAWholeOne() throws Exception {
        KeyPair old = pair("EC");
        writeCertificate(old);
        writeTraditional(old.getPrivate());
        GatewayTls tls = open();
        tls.contexts().start();
        String oldPin = tls.pin();
        assertFalse(tls.refresh());

        KeyPair fresh = pair("EC");
        writeCertificate(fresh); // the key is still the old one
        assertFalse(tls.refresh());
        assertEquals(oldPin, tls.pin());
        assertFalse(tls.refresh());

        writeTraditional(fresh.getPrivate());
        assertTrue(tls.refresh());
        assertNotEquals(oldPin, tls.pin());

        Files.move(files.key(), folder.resolve("away"), StandardCopyOption.ATOMIC_MOVE);
        assertFalse(tls.refresh());
        tls.contexts().stop();
    }

    @Test
    void prefersAes128() throws Exception {
        GatewayTls tls = GatewayTls.open(null, folder, NOW);
        tls.contexts().start();
        String[] suites = tls.contexts().newSSLEngine().getEnabledCipherSuites();
        assertEquals("TLS_AES_128_GCM_SHA256", suites[0]);
        assertTrue(tls.contexts().newSSLEngine().getSSLParameters().getUseCipherSuitesOrder());
        tls.contexts().stop();
    }

    private GatewayTls open() throws TlsException {
        return GatewayTls.open(files, folder, NOW);
    }

    private static String refusal(org.junit.jupiter.api.function.Executable action) {
        String message = String.valueOf(assertThrows(TlsException.class, action).getMessage());
        assertEquals(1, message.lines().count());
        return message;
    }

    private static KeyPair pair(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(algorithm.equals("EC") ? 256 : 2048);
        return generator.generateKeyPair();
    }

    private void writeCertificate(KeyPair pair) throws Exception {
        X500Name name = new X500Name("CN=gateway.test");
        var certificate =
                new JcaX509v3CertificateBuilder(
                                name,
                                java.math.BigInteger.valueOf(System.identityHashCode(new Object())),
                                Date.from(NOW),
                                Date.from(NOW.plusSeconds(86_400)),
                                name,
                                pair.getPublic())
                        .build(
                                new JcaContentSignerBuilder(
                                                pair.getPrivate().getAlgorithm().equals("EC")
                                                        ? "SHA256withECDSA"
                                                        : "SHA256withRSA")
                                        .build(pair.getPrivate()));
        Files.writeString(files.certificate(), pem(certificate));
    }

    /** PKCS#1 for RSA, SEC1 for EC. */
    private void writeTraditional(PrivateKey key) throws IOException {
        if (key instanceof ECPrivateKey curve) {
            byte[] sec1 =
                    new org.bouncycastle.asn1.sec.ECPrivateKey(
                                    256, curve.getS(), SECObjectIdentifiers.secp256r1)
                            .getEncoded();
            writePem(new PemObject("EC PRIVATE KEY", sec1));
        } else {
            Files.writeString(files.key(), pem(PrivateKeyInfo.getInstance(key.getEncoded())));
        }
    }

    private void writePem(PemObject object) throws IOException {
        Files.writeString(files.key(), pem(object));
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
