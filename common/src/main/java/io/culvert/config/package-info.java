/**
 * Tunnel files, the stock wg-quick files with Culvert's own keys in {@code #@} lines, to records
 * and back.
 *
 * <p>What flows through: a file's bytes come in, lines become {@link io.culvert.config.Entry
 * entries} of sections, entries become a {@link io.culvert.config.TunnelFile}; on the first fault a
 * {@link io.culvert.config.ConfigException} with its place and remedy goes out instead.
 *
 * <p>Floor 1: may import {@code ip}, {@code crypto}.
 */
@NullMarked
package io.culvert.config;

import org.jspecify.annotations.NullMarked;
