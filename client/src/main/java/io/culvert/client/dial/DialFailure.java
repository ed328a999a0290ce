package io.culvert.client.dial;

import java.io.IOException;

/** Why an attempt did not reach the gateway: one line, with the remedy. Immutable. */
public final class DialFailure extends IOException {
    /** How far the attempt came; a later stage tells the operator more. */
    public enum Stage {
        RESOLVE,
        CONNECT,
        TLS,
        UPGRADE,
        LOCAL
    }

    private final Stage stage;

    DialFailure(Stage stage, String message) {
        super(message);
        this.stage = stage;
    }

    DialFailure(Stage stage, String message, Throwable cause) {
        super(message, cause);
        this.stage = stage;
    }

    /** How far the attempt came. */
    public Stage stage() {
        return stage;
    }

    /** Whether this says more than {@code other}. */
    boolean tellsMoreThan(DialFailure other) {
        return stage.compareTo(other.stage) > 0;
    }
}
