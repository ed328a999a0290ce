/**
 * Keys and the primitives of WireGuard: X25519, BLAKE2s, HKDF, ChaCha20-Poly1305 and
 * XChaCha20-Poly1305. Secrets flow in from configuration and handshakes and leave only through
 * methods that name who may call them.
 *
 * <p>Floor 0: imports nothing of the project; the JCA does the bulk cipher, BouncyCastle the curve
 * and the hash.
 */
@NullMarked
package io.culvert.crypto;

import org.jspecify.annotations.NullMarked;
