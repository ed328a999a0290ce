package io.culvert.client.tls;

import io.culvert.config.Pin;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the holders of some keys. Neither name, validity nor issuer are asked: that the handshake
 * was signed with such a key says all. Immutable.
 */
final class PinTrust extends X509ExtendedTrustManager {
    private final List<Pin> pins;

    PinTrust(List<Pin> pins) {
        this.pins = List.copyOf(pins);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws TrustRefusal {
        Pin shown = Pin.of(chain[0].getPublicKey());
        if (!pins.contains(shown)) {
            throw new TrustRefusal(
                    TrustRefusal.Reason.PIN_MISMATCH,
                    "the gateway's certificate has another key than the pinned one ("
                            + shown
                            + "): if the gateway's key was changed on purpose, put the new one"
                            + " after Pin =; else somebody stands in between");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws TrustRefusal {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws TrustRefusal {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("a client has no clients");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
