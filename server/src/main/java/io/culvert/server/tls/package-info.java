/**
 * The gateway's certificate: read from the operator's PEM files and again when they change, or made
 * and pinned; and what TLS is spoken with it.
 *
 * <p>Floor 5: imports {@code config} and {@code server.config}; of the libraries, Jetty's TLS
 * settings and BouncyCastle's PEM and X.509.
 */
@NullMarked
package io.culvert.server.tls;

import org.jspecify.annotations.NullMarked;
