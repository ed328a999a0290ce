package io.culvert.server.tls;

import io.culvert.config.Pin;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.List;

/** A private key and its certificates, the key's own first. Immutable. */
public final class Identity {
    private final PrivateKey key;
    private final List<X509Certificate> chain;

    private Identity(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
    }

    /**
     * A key and its certificates.
     *
     * @throws GeneralSecurityException when the first certificate is not this key's
     */
    static Identity of(PrivateKey key, List<X509Certificate> chain)
            throws GeneralSecurityException {
        byte[] probe = {'p', 'r', 'o', 'b', 'e'};
        String algorithm = signatureFor(key);
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(probe);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(chain.get(0).getPublicKey());
        verifier.update(probe);
        if (!verifier.verify(signature)) {
            throw new SignatureException("the key is not the certificate's");
        }
        return new Identity(key, chain);
    }

    private static String signatureFor(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }

    /** The certificate of the key. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** What a client may pin. */
    public String pin() {
        return Pin.of(certificate().getPublicKey()).toString();
    }

    /** The same in the form that TLS wants, in memory, its password empty. */
    KeyStore keyStore() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            X509Certificate[] certificates = chain.toArray(new X509Certificate[0]);
            store.setKeyEntry("gateway", key, new char[0], certificates);
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("a key store in memory always takes a key", e);
        }
    }

    /** Names the certificate, never the key. */
    @Override
    public String toString() {
        return "Identity[" + pin() + "]";
    }
}
