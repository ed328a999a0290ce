/**
 * Where peers may go through the exit: rules of the operator, and what is guarded without them.
 * Pure: addresses and ports in, verdicts out.
 *
 * <p>Imports {@code ip} and {@code crypto} only.
 */
@NullMarked
package io.culvert.server.exit.policy;

import org.jspecify.annotations.NullMarked;
