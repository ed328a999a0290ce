package io.culvert.noise;

import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.time.Tai64n;
import io.culvert.wire.Initiation;
import io.culvert.wire.Response;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The responder's handshake while it consumes an initiation (paper §5.4.2, §5.4.3), in three steps:
 * {@link #open} tells who claims to be calling, {@link #authenticate} proves it, {@link #respond}
 * answers. The first may be taken by another thread, which then hands it over; the others are
 * confined to the engine.
 */
public final class InitiationReceived {
    private final SymmetricState state;
    private final PublicKey claimedStatic;
    private final PublicKey remoteEphemeral;
    private final int remoteIndex;
    private final byte[] sealedTimestamp;

    private InitiationReceived(
            SymmetricState state, PublicKey claimedStatic, byte[] message, int offset) {
        this.state = state;
        this.claimedStatic = claimedStatic;
        this.remoteEphemeral = PublicKey.ofBytes(message, offset + Initiation.EPHEMERAL);
        this.remoteIndex = Initiation.sender(message, offset);
        int time = offset + Initiation.TIMESTAMP;
        this.sealedTimestamp = Arrays.copyOfRange(message, time, time + 28);
    }

    /**
     * Opens the sealed static key; null when the message was not made for this end, or our key is
     * gone. Any thread may call it.
     */
    public static @Nullable InitiationReceived open(
            LocalIdentity local, byte[] message, int offset) {
        SymmetricState state = SymmetricState.towards(local.publicKey());
        PublicKey ephemeral = PublicKey.ofBytes(message, offset + Initiation.EPHEMERAL);
        state.mixHash(ephemeral.bytes());
        state.mixKey(ephemeral.bytes());
        byte[] shared = new byte[32];
        byte[] remoteStatic = null;
        if (local.agree(ephemeral, shared)) {
            int at = offset + Initiation.STATIC;
            byte[] sealed = Arrays.copyOfRange(message, at, at + 48);
            remoteStatic = state.openAndHash(state.mixKeyAndDerive(shared), sealed);
        }
        Arrays.fill(shared, (byte) 0);
        if (remoteStatic == null) {
            state.destroy();
            return null;
        }
        PublicKey claimed = PublicKey.ofBytes(remoteStatic, 0);
        return new InitiationReceived(state, claimed, message, offset);
    }

    /** Who the initiation says it is from; anybody can claim that until it is authenticated. */
    public PublicKey claimedStatic() {
        return claimedStatic;
    }

    /** Opens the timestamp, which proves the initiator's static key; null when it does not. */
    public @Nullable Tai64n authenticate(RemoteIdentity remote) {
        if (!remote.isUsable()) {
            return null;
        }
        byte[] plain =
                state.openAndHash(state.mixKeyAndDerive(remote.staticStatic()), sealedTimestamp);
        return plain == null ? null : Tai64n.ofBytes(plain, 0);
    }

    /** The initiator's index. */
    public int remoteIndex() {
        return remoteIndex;
    }

    /**
     * Writes the response, macs left open, to {@code out[0, 92)}.
     *
     * @return the transport keys; null when a key of the initiator is a low-order point
     */
    public @Nullable TransportKeys respond(
            RemoteIdentity remote, int localIndex, SecureRandom random, byte[] out) {
        PrivateKey ephemeral = PrivateKey.generate(random);
        byte[] shared = new byte[32];
        byte[] psk = new byte[32];
        try {
            Response.writeHeader(out, 0, localIndex, remoteIndex);
            byte[] ephemeralPublic = ephemeral.publicKey().bytes();
            System.arraycopy(ephemeralPublic, 0, out, Response.EPHEMERAL, 32);
            state.mixHash(ephemeralPublic);
            state.mixKey(ephemeralPublic);
            if (!ephemeral.agree(remoteEphemeral, shared)) {
                return null;
            }
            state.mixKey(shared);
            if (!ephemeral.agree(claimedStatic, shared)) {
                return null;
            }
            state.mixKey(shared);
            remote.presharedKey().copyTo(psk, 0);
            byte[] sealed = state.sealAndHash(state.mixPresharedKey(psk), new byte[0]);
            System.arraycopy(sealed, 0, out, Response.EMPTY, sealed.length);
            return state.split(false);
        } finally {
            Arrays.fill(shared, (byte) 0);
            Arrays.fill(psk, (byte) 0);
            ephemeral.destroy();
            state.destroy();
        }
    }

    /** Zeroes what is secret; needed only where {@link #respond} is not reached. */
    public void destroy() {
        state.destroy();
    }
}
