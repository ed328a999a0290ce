package io.culvert.server.tls;

import io.culvert.server.config.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's TLS: a certificate that is read again when its files change, and the settings that
 * handshakes use. New handshakes get the new certificate; connections that stand are left alone.
 *
 * <p>Confined to one thread, but for {@link #pin}, and for Jetty's use of {@link #contexts}.
 */
public final class GatewayTls {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayTls.class);

    /**
     * AES-128-GCM first: of the suites that all clients have it costs least per byte. Then what a
     * client without AES in hardware prefers. Forward secrecy always.
     */
    private static final String[] CIPHER_SUITES = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
    };

    private final TlsFiles files;
    private final SslContextFactory.Server contexts;

    /** What the files looked like when they were read last, good or bad. */
    private String seen;

    private volatile Identity identity;

    private GatewayTls(TlsFiles files, String seen, Identity identity) {
        this.files = files;
        this.seen = seen;
        this.identity = identity;
        this.contexts = contextsOf(identity);
    }

    private static SslContextFactory.Server contextsOf(Identity identity) {
        SslContextFactory.Server contexts = new SslContextFactory.Server();
        contexts.setKeyStore(identity.keyStore());
        contexts.setKeyStorePassword("");
        contexts.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        contexts.setExcludeCipherSuites();
        contexts.setIncludeCipherSuites(CIPHER_SUITES);
        contexts.setUseCipherSuitesOrder(true);
        contexts.setRenegotiationAllowed(false);
        contexts.setSniRequired(false);
        return contexts;
    }

    /**
     * TLS with the operator's files, or with a certificate made and kept in {@code stateFolder}.
     *
     * @throws TlsException when the files cannot be used
     */
    public static GatewayTls open(@Nullable TlsFiles given, Path stateFolder, Instant now)
            throws TlsException {
        TlsFiles files = given == null ? SelfSigned.keptIn(stateFolder, now) : given;
        String seen = fingerprint(files);
        return new GatewayTls(files, seen, PemFiles.read(files));
    }

    /**
     * Looks whether the operator's files can be used.
     *
     * @throws TlsException when they cannot
     */
    public static void check(TlsFiles files) throws TlsException {
        var _ = PemFiles.read(files);
    }

    /** What connectors take their TLS engines from. */
    public SslContextFactory.Server contexts() {
        return contexts;
    }

    /** What a client may pin: the key of the certificate in force. */
    public String pin() {
        return identity.pin();
    }

    /**
     * Reads the files again if they changed. What cannot be used leaves the certificate as it was
     * and is warned of once.
     *
     * @return whether another certificate is in force now
     */
    public boolean refresh() {
        String now = fingerprint(files);
        if (now.equals(seen)) {
            return false;
        }
        seen = now;
        try {
            Identity fresh = PemFiles.read(files);
            rehearse(fresh); // a reload that fails leaves no certificate at all
            contexts.reload(factory -> factory.setKeyStore(fresh.keyStore()));
            identity = fresh;
            LOG.info("certificate read again, pin {}", fresh.pin());
            return true;
        } catch (TlsException e) {
            LOG.warn("the old certificate stays: {}", e.getMessage());
            return false;
        } catch (Exception e) { // what reload declares
            LOG.warn("the old certificate stays: {}: {}", files.certificate(), e.toString());
            return false;
        }
    }

    /** Whether TLS takes it is known only when it starts. */
    private static void rehearse(Identity fresh) throws Exception {
        SslContextFactory.Server trial = contextsOf(fresh);
        try {
            trial.start();
        } finally {
            trial.stop();
        }
    }

    /**
     * The hashes of both files, which are small; files that cannot be read have one of their own.
     */
    private static String fingerprint(TlsFiles files) {
        return fingerprint(files.certificate()) + "/" + fingerprint(files.key());
    }

    private static String fingerprint(Path file) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(hash);
        } catch (IOException unreadable) {
            return unreadable.getClass().getSimpleName();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
