/**
 * The website: what anybody sees who is not let in. Nothing here tells what else runs behind it.
 *
 * <p>Floor 5: imports {@code server.config}; of the libraries, Jetty.
 */
@NullMarked
package io.culvert.server.site;

import org.jspecify.annotations.NullMarked;
