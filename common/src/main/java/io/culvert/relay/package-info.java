/**
 * What both ends of a relay share: which datagrams pass, and how those of one remote cross between
 * UDP and a carrier of a stream. Datagrams are opaque here: no key is at hand, nothing is opened.
 *
 * <p>Floor 2: may import {@code carrier}, {@code queue}, {@code wire}, {@code bytes}, {@code
 * stats}.
 */
@NullMarked
package io.culvert.relay;

import org.jspecify.annotations.NullMarked;
