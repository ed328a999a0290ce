package io.culvert.client.testkit;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate and its key, signed by an authority of its own. Immutable.
 *
 * @param ca the authority's certificate
 * @param certificate the gateway's certificate
 * @param key the gateway's key
 */
public record TestCertificates(X509Certificate ca, X509Certificate certificate, KeyPair key) {
    private static final X500Name CA_NAME = new X500Name("CN=Test CA");

    /** A certificate for a DNS name, valid now. */
    public static TestCertificates forName(String dnsName) {
        return make(new GeneralName(GeneralName.dNSName, dnsName), Duration.ofDays(30));
    }

    /** A certificate for an address, valid now. */
    public static TestCertificates forAddress(String address) {
        return make(new GeneralName(GeneralName.iPAddress, address), Duration.ofDays(30));
    }

    /** A certificate for a DNS name that is no longer valid. */
    public static TestCertificates expired(String dnsName) {
        return make(new GeneralName(GeneralName.dNSName, dnsName), Duration.ofDays(-1));
    }

    private static TestCertificates make(GeneralName name, Duration validFor) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair caKey = generator.generateKeyPair();
            KeyPair key = generator.generateKeyPair();
            Instant end = Instant.now().plus(validFor);
            Date from = Date.from(end.minus(Duration.ofDays(60)));
            Date until = Date.from(end);
            Date caUntil = Date.from(Instant.now().plus(Duration.ofDays(90)));
            X509v3CertificateBuilder ca =
                    new JcaX509v3CertificateBuilder(
                            CA_NAME, BigInteger.ONE, from, caUntil, CA_NAME, caKey.getPublic());
            ca.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            X509v3CertificateBuilder leaf =
                    new JcaX509v3CertificateBuilder(
                            CA_NAME,
                            BigInteger.TWO,
                            from,
                            until,
                            new X500Name("CN=gateway"),
                            key.getPublic());
            leaf.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
            return new TestCertificates(sign(ca, caKey), sign(leaf, caKey), key);
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair caKey)
            throws GeneralSecurityException, OperatorCreationException {
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(caKey.getPrivate());
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    }

    /** Writes the authority's certificate. */
    public Path writeCa(Path folder) throws IOException {
        try {
            String base64 = Base64.getMimeEncoder().encodeToString(ca.getEncoded());
            return Files.writeString(
                    Files.createTempFile(folder, "ca", ".pem"),
                    "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** TLS for the gateway's side. */
    public SSLContext serverContext() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "gateway",
                    key.getPrivate(),
                    new char[0],
                    new X509Certificate[] {certificate, ca});
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
