/**
 * The gateway's file: YAML, environment and command line in, one immutable {@link
 * io.culvert.server.config.GatewayConfig} out, or one line that says what is wrong, where, and what
 * to do.
 *
 * <p>Floor 5: may import {@code ip} and {@code config}; of the libraries, Jackson only.
 */
@NullMarked
package io.culvert.server.config;

import org.jspecify.annotations.NullMarked;
