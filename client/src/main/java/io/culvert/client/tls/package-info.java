/**
 * Whom the client trusts, and the TLS handlers that ask: BoringSSL where it loads, else the JDK.
 *
 * <p>Floor 5: may import Netty and {@code config} (its pins).
 */
@NullMarked
package io.culvert.client.tls;

import org.jspecify.annotations.NullMarked;
