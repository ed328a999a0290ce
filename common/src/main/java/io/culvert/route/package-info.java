/**
 * Allowed IPs: which peer an inner address belongs to, by longest prefix.
 *
 * <p>Floor 1: may import {@code ip}.
 */
@NullMarked
package io.culvert.route;

import org.jspecify.annotations.NullMarked;
