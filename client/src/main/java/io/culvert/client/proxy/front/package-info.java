/**
 * The wiring of the proxy front.
 *
 * <ul>
 *   <li>{@link ProxyFront}: opens the doors and forwards that a setup names, tells what lives.
 *   <li>{@link ProxySetup}: what the operator asked for; {@link Door}: one listener of it.
 *   <li>{@link OpenDoor}: a listener that is up, for {@code ready}.
 *   <li>{@link FirstByte}: tells SOCKS 5, SOCKS 4 and HTTP apart on one port.
 *   <li>{@link Connections}: how many clients there are, and that there are not too many.
 * </ul>
 */
@NullMarked
package io.culvert.client.proxy.front;

import org.jspecify.annotations.NullMarked;
