package io.culvert.noise;

/**
 * Where a handshake with one peer stands. Confined to the engine.
 *
 * <pre>
 *   Idle --Initiator.begin--> InitiationSent --consumeResponse--> keys, Idle
 *   Idle --Responder.open---> InitiationReceived --respond------> keys, Idle
 * </pre>
 *
 * <p>Consuming a peer's initiation abandons one of our own in flight: the last writer wins, and the
 * retransmission timer heals what two simultaneous ones leave undone.
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
