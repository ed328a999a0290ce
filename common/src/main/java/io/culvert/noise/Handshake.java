package io.culvert.noise;

/**
 * Where a handshake with one peer stands. Confined to the engine.
 *
 * <pre>
 *   Idle --Initiator.begin--> InitiationSent --consumeResponse--> keys, Idle
 *   Idle --Responder.open---> InitiationReceived --respond------> keys, Idle
 * </pre>
 *
 * <p>Answering a peer's initiation leaves one of our own in flight: where both ends call at once,
 * both handshakes complete, and each end opens by the one what the other seals.
 */
public sealed interface Handshake permits Handshake.Idle, InitiationSent {
    /** No handshake in flight. */
    Handshake IDLE = new Idle();

    /** Zeroes ephemeral secrets. */
    void destroy();

    /** Nothing in flight. */
    record Idle() implements Handshake {
        @Override
        public void destroy() {}
    }
}
