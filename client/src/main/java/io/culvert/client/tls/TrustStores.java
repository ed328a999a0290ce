package io.culvert.client.tls;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes trust managers from what the operator named. Stateless, thread-safe. */
final class TrustStores {
    private static final Path SYSTEM_PEM = Path.of("/etc/ssl/certs/ca-certificates.crt");

    private TrustStores() {}

    /**
     * The trust manager for {@code trust}.
     *
     * @throws IllegalArgumentException with one line for the operator
     */
    static X509ExtendedTrustManager open(Trust trust) {
        return switch (trust) {
            case Trust.Pins(var pins) -> new PinTrust(pins);
            case Trust.CaFile(Path path) ->
                    new IssuerTrust(
                            fromPem(path),
                            path + " (CaFile =) holds no certificate that signed it");
            case Trust.SystemStore() ->
                    new IssuerTrust(
                            fromSystem(),
                            "give the gateway a certificate of a public authority, or name its"
                                    + " issuer with CaFile = or its key with Pin =");
        };
    }

    /** The JDK's trust store; where that is empty, the system's file. */
    private static X509ExtendedTrustManager fromSystem() {
        try {
            X509ExtendedTrustManager ofJdk = managerOf(null);
            if (ofJdk.getAcceptedIssuers().length > 0) {
                return ofJdk;
            }
        } catch (GeneralSecurityException ignored) { // no readable store: the system's file is left
        }
        return fromPem(SYSTEM_PEM);
    }

    private static X509ExtendedTrustManager fromPem(Path path) {
        String remedy = ": a CA file holds PEM certificates, '-----BEGIN CERTIFICATE-----'";
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("no certificate in " + path + remedy);
            }
            return managerOf(storeOf(certificates));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("cannot parse " + path + remedy, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot read " + path + ": does it exist, and may this user read it?", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot keep certificates", e);
        }
    }

    private static KeyStore storeOf(Collection<? extends Certificate> certificates)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        return store;
    }

    private static X509ExtendedTrustManager managerOf(@Nullable KeyStore store)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new IllegalStateException("this Java has no X.509 trust manager");
    }
}
