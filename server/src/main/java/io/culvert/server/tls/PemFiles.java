package io.culvert.server.tls;

import io.culvert.config.FileFault;
import io.culvert.server.config.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/** Certificates and keys in PEM: PKCS#8, PKCS#1 and SEC1. Thread-safe (stateless). */
final class PemFiles {
    private static final long MAX_BYTES = 1 << 20;

    private PemFiles() {}

    /** What the two files hold. */
    static Identity read(TlsFiles files) throws TlsException {
        List<X509Certificate> chain = certificates(files.certificate());
        PrivateKey key = key(files.key());
        try {
            return Identity.of(key, chain);
        } catch (GeneralSecurityException mismatch) {
            throw new TlsException(
                    files.key().toString(),
                    "is not the key of " + files.certificate(),
                    "give the two files of one pair");
        }
    }

    private static List<X509Certificate> certificates(Path file) throws TlsException {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            byte[] bytes = text(file).getBytes(StandardCharsets.US_ASCII);
            factory.generateCertificates(new ByteArrayInputStream(bytes))
                    .forEach(one -> chain.add((X509Certificate) one));
        } catch (CertificateException | IllegalArgumentException broken) {
            throw new TlsException(
                    file.toString(), "holds a broken certificate", "write it again, in PEM");
        }
        if (chain.isEmpty()) {
            throw new TlsException(
                    file.toString(), "holds no certificate", "name a file in PEM with one");
        }
        return chain;
    }

    private static PrivateKey key(Path file) throws TlsException {
        try (PEMParser parser = new PEMParser(new StringReader(text(file)))) {
            Object found = parser.readObject();
            while (found != null) {
                PrivateKeyInfo info = keyInfo(found, file);
                if (info != null) {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                }
                found = parser.readObject(); // "EC PARAMETERS" stand before a SEC1 key
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException broken) {
            // the parser's: a kind it does not know, a text cut off, what is no base64
            throw new TlsException(
                    file.toString(),
                    "holds a broken private key",
                    "write it in PEM, as `openssl genpkey` does");
        }
        throw new TlsException(
                file.toString(), "holds no private key", "name a file in PEM with one");
    }

    private static @Nullable PrivateKeyInfo keyInfo(Object found, Path file) throws TlsException {
        return switch (found) {
            case PrivateKeyInfo info -> info;
            case PEMKeyPair pair -> pair.getPrivateKeyInfo();
            case PEMEncryptedKeyPair _ -> throw encrypted(file);
            case PKCS8EncryptedPrivateKeyInfo _ -> throw encrypted(file);
            default -> null;
        };
    }

    private static TlsException encrypted(Path file) {
        return new TlsException(
                file.toString(),
                "is locked by a passphrase",
                "unlock it with `openssl pkey -in FILE -out NEWFILE`");
    }

    private static String text(Path file) throws TlsException {
        try {
            if (Files.size(file) <= MAX_BYTES) {
                return Files.readString(file, StandardCharsets.ISO_8859_1);
            }
        } catch (IOException e) {
            throw new TlsException(
                    file.toString(),
                    "cannot be read (" + FileFault.why(e) + ")",
                    "name a file in PEM that this user may read");
        }
        throw new TlsException(file.toString(), "is larger than 1 MiB", "name a file in PEM");
    }
}
