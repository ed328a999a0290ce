package io.culvert.uapi;

/** A request that cannot be done, with the error number that its answer carries. Immutable. */
public final class UapiException extends Exception {
    private static final long serialVersionUID = 1;

    /** The errors that answers carry, by their numbers on Linux. */
    public enum Reason {
        /** Not permitted. */
        EPERM(1),
        /** The request was understood but the machine failed. */
        EIO(5),
        /** An unknown key, or a value that is none. */
        EINVAL(22),
        /** No request that the protocol knows. */
        EPROTO(71),
        /** The port is another program's. */
        EADDRINUSE(98);

        private final int number;

        Reason(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private final Reason reason;

    /**
     * A refusal.
     *
     * @param why for our own log; it must hold no secret
     */
    public UapiException(Reason reason, String why) {
        super(why);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
