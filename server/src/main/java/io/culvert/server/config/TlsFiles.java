package io.culvert.server.config;

import java.nio.file.Path;

/**
 * The operator's certificate. Immutable.
 *
 * @param certificate PEM file, the gateway's certificate first, then what links it to its root
 * @param key PEM file with the private key
 */
public record TlsFiles(Path certificate, Path key) {}
