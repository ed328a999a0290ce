package io.culvert.client.relay;

import io.culvert.crypto.Blake2s;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What the WebSockets of a relay call themselves. One secret gives the same names again, so that a
 * relay that was started anew is given its sessions back by the gateway, and the WireGuard behind
 * it goes on hearing its peers where it heard them before. Immutable.
 */
public final class SessionNames {
    /** The length of the secret. */
    public static final int SECRET_BYTES = 32;

    private final byte[] secret;

    /**
     * Under this secret: who knows it can take the sessions over, given that the door opens.
     *
     * @param secret {@link #SECRET_BYTES} long
     */
    public SessionNames(byte[] secret) {
        if (secret.length != SECRET_BYTES) {
            throw new IllegalArgumentException(secret.length + " bytes are no secret");
        }
        this.secret = secret.clone();
    }

    /** The name of the session in which this address of WireGuard's reaches this relay path. */
    UUID name(URI path, String remote) {
        byte[] mac =
                Blake2s.mac128(
                        secret,
                        path.toString().getBytes(StandardCharsets.UTF_8),
                        new byte[1],
                        remote.getBytes(StandardCharsets.UTF_8));
        ByteBuffer halves = ByteBuffer.wrap(mac);
        return new UUID(halves.getLong(), halves.getLong());
    }
}
