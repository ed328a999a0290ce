/**
 * IP packets: prefixes and addresses, views of IPv4, IPv6, TCP and UDP headers, checksums, and the
 * segmentation and coalescing of super-packets.
 *
 * <p>Floor 0: may import {@code bytes}.
 */
@NullMarked
package io.culvert.ip;

import org.jspecify.annotations.NullMarked;
