package io.culvert.noise;

import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.time.Tai64n;
import io.culvert.wire.Initiation;
import io.culvert.wire.Response;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Two identities that know each other, and the steps of their handshake, for tests. */
final class Ends {
    static final int INITIATOR_INDEX = 0x01020304;
    static final int RESPONDER_INDEX = 0x0a0b0c0d;
    static final Tai64n TIMESTAMP = Tai64n.of(Instant.ofEpochSecond(1_700_000_000L));

    /**
     * The seven encodings of points of low order on the curve and its twist (cr.yp.to/ecdh.html,
     * "contributory behaviour"), then the same with the top bit set, which X25519 ignores.
     */
    static final List<String> LOW_ORDER =
            List.of(
                    "0000000000000000000000000000000000000000000000000000000000000000",
                    "0100000000000000000000000000000000000000000000000000000000000000",
                    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                    "0000000000000000000000000000000000000000000000000000000000000080",
                    "0100000000000000000000000000000000000000000000000000000000000080",
                    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
                    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
                    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");

    final SecureRandom random = new SecureRandom();
    final LocalIdentity initiator = new LocalIdentity(PrivateKey.generate(random));
    final LocalIdentity responder = new LocalIdentity(PrivateKey.generate(random));
    final RemoteIdentity toResponder;
    final RemoteIdentity toInitiator;
    final byte[] initiation = new byte[Initiation.LENGTH];
    final byte[] response = new byte[Response.LENGTH];

    Ends(PresharedKey psk) {
        toResponder = new RemoteIdentity(initiator, responder.publicKey(), psk);
        toInitiator = new RemoteIdentity(responder, initiator.publicKey(), psk);
    }

    @Nullable InitiationSent begin() {
        return begin(toResponder);
    }

    @Nullable InitiationSent begin(RemoteIdentity to) {
        InitiationSent.Start start = new InitiationSent.Start(INITIATOR_INDEX, TIMESTAMP);
        return InitiationSent.begin(initiator, to, start, random, initiation);
    }

    /** Opens, authenticates and answers; null where any step refuses. */
    @Nullable TransportKeys answer(byte[] message) {
        InitiationReceived received = InitiationReceived.open(responder, message, 0);
        if (received == null || received.authenticate(toInitiator) == null) {
            return null;
        }
        return received.respond(toInitiator, RESPONDER_INDEX, random, response);
    }

    static PublicKey lowOrder(int i) {
        return PublicKey.parseHex(LOW_ORDER.get(i));
    }
}
