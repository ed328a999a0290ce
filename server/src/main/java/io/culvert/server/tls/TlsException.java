package io.culvert.server.tls;

/** A certificate or key that cannot be used; the message is one line for the operator. */
public final class TlsException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A complaint: where, what, and what to do. */
    public TlsException(String place, String what, String remedy) {
        super(place + ": " + what + ": " + remedy);
    }
}
