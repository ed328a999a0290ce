package io.culvert.client.tls;

import java.net.Socket;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asks a trust store first for the path alone, then for path and name, so that it can say which of
 * the two failed. Thread-safe as the store is.
 */
final class IssuerTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager store;
    private final String remedy;

    /**
     * Trust by this store.
     *
     * @param remedy what to do when the issuer is not known
     */
    IssuerTrust(X509ExtendedTrustManager store, String remedy) {
        this.store = store;
        this.remedy = remedy;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws TrustRefusal {
        try {
            store.checkServerTrusted(chain, authType);
        } catch (CertificateException e) {
            throw refusal(chain[0], e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws TrustRefusal {
        checkServerTrusted(chain, authType);
        try {
            store.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            throw new TrustRefusal(
                    TrustRefusal.Reason.NAME_MISMATCH,
                    "the gateway's certificate is for another name than "
                            + engine.getPeerHost()
                            + ": correct the host in WebSocket =, or pin the certificate's key"
                            + " with Pin =",
                    e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
        store.checkServerTrusted(chain, authType, socket);
    }

    private TrustRefusal refusal(X509Certificate certificate, CertificateException e) {
        if (isAboutTime(e)) {
            return new TrustRefusal(
                    TrustRefusal.Reason.EXPIRED,
                    "the gateway's certificate is valid from "
                            + certificate.getNotBefore().toInstant()
                            + " to "
                            + certificate.getNotAfter().toInstant()
                            + " only: renew it there, and look at this machine's clock",
                    e);
        }
        return new TrustRefusal(
                TrustRefusal.Reason.UNTRUSTED,
                "the gateway's certificate is not trusted: " + remedy,
                e);
    }

    private static boolean isAboutTime(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof CertificateExpiredException
                    || t instanceof CertificateNotYetValidException
                    || (t instanceof CertPathValidatorException path && isAboutTime(path))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAboutTime(CertPathValidatorException path) {
        return path.getReason() == BasicReason.EXPIRED
                || path.getReason() == BasicReason.NOT_YET_VALID;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        store.checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        store.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        store.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return store.getAcceptedIssuers();
    }
}
