package io.culvert.noise;

import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.time.Tai64n;
import io.culvert.wire.Initiation;
import io.culvert.wire.Response;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The initiator's handshake after its first message (paper §5.4.2, §5.4.3). */
public final class InitiationSent implements Handshake {
    private final PrivateKey ephemeral;
    private final SymmetricState state;
    private final int localIndex;

    private InitiationSent(PrivateKey ephemeral, SymmetricState state, int localIndex) {
        this.ephemeral = ephemeral;
        this.state = state;
        this.localIndex = localIndex;
    }

    /** The index under which the response will come. */
    public int localIndex() {
        return localIndex;
    }

    /**
     * Writes an initiation, macs left open, to {@code out[0, 148)}.
     *
     * @return the state that awaits the response; null when the peer's key is a low-order point
     */
    public static @Nullable InitiationSent begin(
            LocalIdentity local,
            RemoteIdentity remote,
            Start start,
            SecureRandom random,
            byte[] out) {
        PrivateKey ephemeral = PrivateKey.generate(random);
        SymmetricState state = SymmetricState.towards(remote.publicKey());
        byte[] shared = new byte[32];
        Initiation.writeHeader(out, 0, start.localIndex());
        byte[] ephemeralPublic = ephemeral.publicKey().bytes();
        System.arraycopy(ephemeralPublic, 0, out, Initiation.EPHEMERAL, 32);
        state.mixHash(ephemeralPublic);
        state.mixKey(ephemeralPublic);
        if (!remote.isUsable() || !ephemeral.agree(remote.publicKey(), shared)) {
            ephemeral.destroy();
            state.destroy();
            return null;
        }
        byte[] sealedStatic =
                state.sealAndHash(state.mixKeyAndDerive(shared), local.publicKey().bytes());
        System.arraycopy(sealedStatic, 0, out, Initiation.STATIC, sealedStatic.length);
        byte[] sealedTime =
                state.sealAndHash(
                        state.mixKeyAndDerive(remote.staticStatic()), start.timestamp().bytes());
        System.arraycopy(sealedTime, 0, out, Initiation.TIMESTAMP, sealedTime.length);
        Arrays.fill(shared, (byte) 0);
        return new InitiationSent(ephemeral, state, start.localIndex());
    }

    /**
     * What distinguishes one initiation from the next.
     *
     * @param localIndex random, unique on this device
     * @param timestamp greater than in any earlier initiation
     */
    public record Start(int localIndex, Tai64n timestamp) {}

    /**
     * Checks a response against this handshake. A refused one leaves the state as it was: it may
     * have been forged, and the real one may yet come.
     *
     * @return the transport keys, or null when the response is not for this handshake
     */
    public @Nullable TransportKeys consumeResponse(
            LocalIdentity local, RemoteIdentity remote, byte[] message, int offset) {
        SymmetricState next = state.copy();
        byte[] shared = new byte[32];
        byte[] psk = new byte[32];
        try {
            PublicKey theirs = PublicKey.ofBytes(message, offset + Response.EPHEMERAL);
            next.mixHash(theirs.bytes());
            next.mixKey(theirs.bytes());
            if (!ephemeral.agree(theirs, shared)) {
                return null;
            }
            next.mixKey(shared);
            if (!local.privateKey().agree(theirs, shared)) {
                return null;
            }
            next.mixKey(shared);
            remote.presharedKey().copyTo(psk, 0);
            byte[] key = next.mixPresharedKey(psk);
            int empty = offset + Response.EMPTY;
            byte[] sealed = Arrays.copyOfRange(message, empty, empty + 16);
            return next.openAndHash(key, sealed) == null ? null : next.split(true);
        } finally {
            Arrays.fill(shared, (byte) 0);
            Arrays.fill(psk, (byte) 0);
            next.destroy();
        }
    }

    @Override
    public void destroy() {
        ephemeral.destroy();
        state.destroy();
    }
}
