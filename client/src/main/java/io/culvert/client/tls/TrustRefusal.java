package io.culvert.client.tls;

import java.security.cert.CertificateException;

/** A certificate that is not trusted; the message is one line with the remedy. Immutable. */
public final class TrustRefusal extends CertificateException {
    /** Why a certificate is not trusted. */
    public enum Reason {
        UNTRUSTED,
        NAME_MISMATCH,
        PIN_MISMATCH,
        EXPIRED
    }

    private final Reason reason;

    TrustRefusal(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    TrustRefusal(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
